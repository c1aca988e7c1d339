// libcurl sets options through a function with variable arguments, which Swift cannot call: one
// wrapper for each type of argument.
#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>

typedef size_t (*samara_curl_receiver)(char *, size_t, size_t, void *);

static inline CURLcode samara_curl_initialize(void) { return curl_global_init(CURL_GLOBAL_ALL); }

static inline CURLcode samara_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode samara_curl_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode samara_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode samara_curl_set_list(
    CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode samara_curl_set_receiver(
    CURL *handle, CURLoption option, samara_curl_receiver value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLMcode samara_curl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

// Whether the handle's transfer has ended; its result is left in `result`.
static inline int samara_curl_multi_result(CURLM *multi, CURLcode *result) {
  int left = 0, ended = 0;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &left)) != NULL) {
    if (message->msg == CURLMSG_DONE) {
      *result = message->data.result;
      ended = 1;
    }
  }
  return ended;
}
