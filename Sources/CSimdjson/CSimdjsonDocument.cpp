#include "CSimdjson.h"

#include <new>
#include <simdjson.h>

using namespace simdjson;

struct csimdjson_document {
  dom::parser parser;
  error_code code;
};

csimdjson_document *csimdjson_document_parse(const uint8_t *bytes, size_t count) {
  auto document = new (std::nothrow) csimdjson_document;
  if (document == nullptr) return nullptr;
  dom::element root;
  document->code = document->parser.parse(bytes, count, true).get(root);
  return document;
}

void csimdjson_document_destroy(csimdjson_document *document) { delete document; }

int32_t csimdjson_document_status(const csimdjson_document *document) {
  switch (document->code) {
  case SUCCESS: return CSIMDJSON_FOUND;
  case MEMALLOC:
  case CAPACITY: return CSIMDJSON_NO_MEMORY;
  case UTF8_ERROR: return CSIMDJSON_NOT_UTF8;
  default: return CSIMDJSON_NOT_JSON;
  }
}

const char *csimdjson_document_message(const csimdjson_document *document) {
  return error_message(document->code);
}

const uint64_t *csimdjson_document_tape(const csimdjson_document *document) {
  return document->code == SUCCESS ? document->parser.doc.tape.get() : nullptr;
}

const uint8_t *csimdjson_document_strings(const csimdjson_document *document) {
  return document->code == SUCCESS ? document->parser.doc.string_buf.get() : nullptr;
}
