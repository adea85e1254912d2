/**
 * One thin layer over the JDK's sockets and a native TLS (BoringSSL, by netty-tcnative): HTTPS
 * server and client, router, WebSocket; and a server of packets, one question and one answer a
 * connection. Each connection has a virtual thread, which handlers may block; no type of the TLS
 * library is visible outside. Knows nothing of monitoring.
 */
@NullMarked
package io.happo.net;

import org.jspecify.annotations.NullMarked;
