#include "CSimdjson.h"

#include <new>
#include <simdjson.h>
#include <string_view>

using namespace simdjson;

struct csimdjson_parser {
  dom::parser parser;
};

csimdjson_parser *csimdjson_parser_create(void) { return new (std::nothrow) csimdjson_parser; }

void csimdjson_parser_destroy(csimdjson_parser *parser) { delete parser; }

size_t csimdjson_padding(void) { return SIMDJSON_PADDING; }

static csimdjson_result failure(csimdjson_status status, error_code code, uint8_t found = 0) {
  return {status, found, nullptr, 0, error_message(code)};
}

csimdjson_result csimdjson_text(csimdjson_parser *parser, const uint8_t *line, size_t count,
                                const uint8_t *pointer, size_t pointer_count) {
  // Growing by doubling: simdjson itself grows to exactly the longest line so far.
  if (count > parser->parser.capacity()) {
    size_t capacity = 65536;
    while (capacity < count) capacity *= 2;
    if (auto code = parser->parser.allocate(capacity)) return failure(CSIMDJSON_NO_MEMORY, code);
  }
  dom::element document;
  if (auto code = parser->parser.parse(line, count, false).get(document)) {
    if (code == MEMALLOC || code == CAPACITY) return failure(CSIMDJSON_NO_MEMORY, code);
    return failure(code == UTF8_ERROR ? CSIMDJSON_NOT_UTF8 : CSIMDJSON_NOT_JSON, code);
  }
  if (!document.is_object())
    return failure(CSIMDJSON_NOT_JSON, INCORRECT_TYPE, uint8_t(document.type()));
  dom::element value;
  std::string_view path(reinterpret_cast<const char *>(pointer), pointer_count);
  if (auto code = document.at_pointer(path).get(value)) return failure(CSIMDJSON_NO_FIELD, code);
  std::string_view text;
  if (auto code = value.get_string().get(text))
    return failure(CSIMDJSON_NOT_A_STRING, code, uint8_t(value.type()));
  return {CSIMDJSON_FOUND, '"', reinterpret_cast<const uint8_t *>(text.data()), text.size(),
          error_message(SUCCESS)};
}

bool csimdjson_is_utf8(const uint8_t *bytes, size_t count) {
  return validate_utf8(reinterpret_cast<const char *>(bytes), count);
}
