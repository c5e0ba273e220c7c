// Typed wrappers for libcurl's variadic functions, which Swift cannot call.
#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>

typedef size_t (*ccurl_data_callback)(char *, size_t, size_t, void *);

CURLcode ccurl_set_long(CURL *handle, CURLoption option, long value);
CURLcode ccurl_set_size(CURL *handle, CURLoption option, curl_off_t value);
CURLcode ccurl_set_string(CURL *handle, CURLoption option, const char *value);
CURLcode ccurl_set_pointer(CURL *handle, CURLoption option, void *value);
CURLcode ccurl_set_callback(CURL *handle, CURLoption option, ccurl_data_callback value);
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);

CURLMcode ccurl_multi_set_pointer(CURLM *multi, CURLMoption option, void *value);
CURLMcode ccurl_multi_set_socket_callback(CURLM *multi, curl_socket_callback value);
CURLMcode ccurl_multi_set_timer_callback(CURLM *multi, curl_multi_timer_callback value);

long ccurl_get_long(CURL *handle, CURLINFO info);
curl_off_t ccurl_get_size(CURL *handle, CURLINFO info);
void *ccurl_get_private(CURL *handle);

// The result of a finished transfer.
CURLcode ccurl_result(const CURLMsg *message);

#endif
