/*
 * What io.happo.agent.exec.Libc takes to call the C library: finding a function, calling it, and seeing memory as a
 * ByteBuffer. All that is decided stands in Java. Linked with no library: dlsym is there once a JVM is, and an
 * undemanding library loads on systems older than the one that built it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#include <jni.h>

/* Integers and pointers travel in whole registers; a function does not look at those of arguments it does not have. */
typedef jlong any_function(jlong, jlong, jlong, jlong, jlong, jlong);

/* The address of a function; 0 where the C library has none of that name. */
JNIEXPORT jlong JNICALL Java_io_happo_agent_exec_Libc_find(JNIEnv *env, jclass libc, jstring name) {
  const char *text = (*env)->GetStringUTFChars(env, name, NULL);
  if (text == NULL) {
    return 0; /* Out of memory, which the caller is thrown. */
  }
  void *found = dlsym(RTLD_DEFAULT, text);
  (*env)->ReleaseStringUTFChars(env, name, text);
  return (jlong)(intptr_t)found;
}

JNIEXPORT jlong JNICALL Java_io_happo_agent_exec_Libc_invoke(JNIEnv *env, jclass libc, jlong function, jlong a, jlong b,
                                                             jlong c, jlong d, jlong e, jlong f) {
  return ((any_function *)(intptr_t)function)(a, b, c, d, e, f);
}

/* Memory as a buffer, which does not own it. */
JNIEXPORT jobject JNICALL Java_io_happo_agent_exec_Libc_view(JNIEnv *env, jclass libc, jlong address, jlong bytes) {
  return (*env)->NewDirectByteBuffer(env, (void *)(intptr_t)address, bytes);
}
