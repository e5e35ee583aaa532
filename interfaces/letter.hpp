/// A mailbox element that holds (envelope, request) or (reply). For CAF it is a tuple like any other, so that plain CAF
/// actors can ask and be asked; but it takes one allocation, and costs the compiler far less than CAF's own.
#pragma once

#include "interfaces/inspect.hpp"
#include "interfaces/recycled.hpp"

#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/type_erased_tuple.hpp>
#include <caf/type_erased_value.hpp>

namespace pillar {

/// A value as CAF's messages hold it.
template <class T> class message_value final : public caf::type_erased_value {
public:
  /// Not 0: CAF has T built in.
  static constexpr std::uint16_t number = caf::type_nr<T>::value;

  message_value() = default;
  explicit message_value(T&& x) : it(std::move(x)) {}

  static caf::type_erased_value_ptr make() { return caf::type_erased_value_ptr{new message_value}; }
  caf::type_erased_value_ptr take() { return caf::type_erased_value_ptr{new message_value(std::move(it))}; }

  void* get_mutable() override { return &it; }
  const void* get() const override { return &it; }
  caf::rtti_pair type() const override { return {number, number ? nullptr : &typeid(T)}; }
  caf::type_erased_value_ptr copy() const override { return caf::type_erased_value_ptr{new message_value(T(it))}; }
  caf::error load(caf::deserializer& source) override {
    if constexpr (number != 0) return source(it); // as CAF's own factory at the other end writes it
    else return pillar::load(it, source);
  }
  caf::error save(caf::serializer& sink) const override {
    if constexpr (number != 0) return sink(const_cast<T&>(it));
    else return pillar::save(it, sink);
  }
  std::string stringify() const override { return printed(layout_of<T>::value, encode(it)); }

  T it{};
};

class letter : public caf::mailbox_element, public caf::type_erased_tuple, public recycled {
public:
  explicit letter(std::size_t size) : size_(size) {}

  virtual caf::type_erased_value& part(std::size_t i) const = 0;
  virtual caf::type_erased_value_ptr take(std::size_t i) = 0; ///< moves the part out

  caf::type_erased_tuple& content() final { return *this; }
  const caf::type_erased_tuple& content() const final { return *this; }
  caf::message move_content_to_message() final;
  caf::message copy_content_to_message() const final;
  void* get_mutable(std::size_t i) final { return part(i).get_mutable(); }
  const void* get(std::size_t i) const noexcept final { return part(i).get(); }
  caf::rtti_pair type(std::size_t i) const noexcept final { return part(i).type(); }
  caf::type_erased_value_ptr copy(std::size_t i) const final { return part(i).copy(); }
  std::string stringify(std::size_t i) const final { return part(i).stringify(); }
  using caf::type_erased_tuple::load;
  using caf::type_erased_tuple::save;
  using caf::type_erased_tuple::stringify;
  caf::error load(std::size_t i, caf::deserializer& source) final { return part(i).load(source); }
  caf::error save(std::size_t i, caf::serializer& sink) const final { return part(i).save(sink); }
  std::size_t size() const noexcept final { return size_; }
  std::uint32_t type_token() const noexcept final;

private:
  std::size_t size_;
};

/// (envelope, request), without the request's type.
class request_letter_base : public letter {
public:
  request_letter_base() : letter(2) {}
  envelope& head() { return head_.it; }
  virtual void* body() = 0; ///< the request

protected:
  mutable message_value<envelope> head_;
};

/// (envelope, request).
template <class Request> class request_letter final : public request_letter_base {
public:
  explicit request_letter(Request&& r) : body_(std::move(r)) {}
  void* body() override { return &body_.it; }
  caf::type_erased_value& part(std::size_t i) const override {
    if (i == 0) return head_;
    return body_;
  }
  caf::type_erased_value_ptr take(std::size_t i) override { return i == 0 ? head_.take() : body_.take(); }

private:
  mutable message_value<Request> body_;
};

/// (reply).
template <class Reply> class reply_letter final : public letter {
public:
  explicit reply_letter(Reply&& r) : letter(1), body_(std::move(r)) {}
  Reply& reply() { return body_.it; }
  caf::type_erased_value& part(std::size_t) const override { return body_; }
  caf::type_erased_value_ptr take(std::size_t) override { return body_.take(); }

private:
  mutable message_value<Reply> body_;
};

/// An error as the reply.
caf::mailbox_element_ptr error_letter(const failure& f);

/// CAF's empty message: the reply of a request without one.
caf::mailbox_element_ptr empty_letter();

/// The envelope of a request letter that was just packed.
inline envelope& envelope_of(caf::mailbox_element& request) {
  return static_cast<request_letter_base&>(request).head();
}

} // namespace pillar
