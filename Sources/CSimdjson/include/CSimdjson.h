// A C view of simdjson: one string out of one line of JSON, a whole document's values in order, and
// a check of text.
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

typedef struct csimdjson_document csimdjson_document;

/// Parses a whole document, which need not be padded. NULL when memory is short.
csimdjson_document *csimdjson_document_parse(const uint8_t *bytes, size_t count);
void csimdjson_document_destroy(csimdjson_document *document);

/// One of csimdjson_status, and simdjson's own words for it.
int32_t csimdjson_document_status(const csimdjson_document *document);
const char *csimdjson_document_message(const csimdjson_document *document);

/// The values as simdjson's tape (doc/tape.md of simdjson): a kind in the upper 8 bits of each
/// word, a payload in the lower 56. NULL unless the status is CSIMDJSON_FOUND.
const uint64_t *csimdjson_document_tape(const csimdjson_document *document);
/// The strings that the tape points to: a count in 4 bytes, then UTF-8.
const uint8_t *csimdjson_document_strings(const csimdjson_document *document);

#ifdef __cplusplus
}
#endif

#endif
