// A C view of simdjson, just wide enough to take one string out of one line of JSON, and to check
// text.
#ifndef CSIMDJSON_H
#define CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct csimdjson_parser csimdjson_parser;

enum csimdjson_status {
  CSIMDJSON_FOUND = 0,
  CSIMDJSON_NOT_JSON = 1,
  CSIMDJSON_NOT_UTF8 = 2,
  CSIMDJSON_NO_FIELD = 3,
  CSIMDJSON_NOT_A_STRING = 4,
  CSIMDJSON_NO_MEMORY = 5
};

typedef struct {
  /// One of csimdjson_status.
  int32_t status;
  /// What stands there instead of a string: { [ l u d t n as in simdjson::dom::element_type.
  uint8_t found;
  /// The field's text, unescaped UTF-8; lives until the parser's next call.
  const uint8_t *text;
  size_t text_count;
  /// simdjson's own words, static; never NULL.
  const char *message;
} csimdjson_result;

/// NULL when memory is short.
csimdjson_parser *csimdjson_parser_create(void);
void csimdjson_parser_destroy(csimdjson_parser *parser);

/// Bytes that must be readable (their values do not matter) after the line given to csimdjson_text.
size_t csimdjson_padding(void);

/// Parses the whole line and finds the string at a JSON pointer (RFC 6901).
csimdjson_result csimdjson_text(csimdjson_parser *parser, const uint8_t *line, size_t count,
                                const uint8_t *pointer, size_t pointer_count);

/// Whether all bytes are UTF-8.
bool csimdjson_is_utf8(const uint8_t *bytes, size_t count);

#ifdef __cplusplus
}
#endif

#endif
