/**
 * One thin layer over Netty and its native TLS (BoringSSL): HTTPS server and client, router,
 * WebSocket; and a server of packets, one question and one answer a connection. Handlers block on
 * threads of their own; no type of Netty is visible outside. Knows nothing of monitoring.
 */
@NullMarked
package io.happo.net;

import org.jspecify.annotations.NullMarked;
