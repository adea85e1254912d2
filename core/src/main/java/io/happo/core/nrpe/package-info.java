/**
 * The language of NRPE, versions 2, 3 and 4: what a query's bytes mean, which command line comes of
 * them, and the bytes of the answer. Pure: no socket, process, thread or clock.
 *
 * <p>The walk of a query: {@link NrpeQuery#length} says when a packet is whole, {@link
 * NrpeQuery#decode} checks it, {@link NrpeCommand#parse} finds the command and its arguments,
 * {@link CommandLine#of} makes the line for the shell, and {@link NrpeReply} becomes the packet
 * that goes back.
 *
 * <p><b>Text.</b> NRPE knows bytes, no character set. All text in here holds one byte a character
 * (ISO-8859-1), so that nothing is lost or changed between query, configuration and answer. Whoever
 * shows such text or hands it to something that encodes it again turns it into real characters
 * first: {@code Utf8.decode(text.getBytes(ISO_8859_1))}.
 *
 * <p>Sources: NRPE 4.1 as observed on its daemon and client.
 */
@NullMarked
package io.happo.core.nrpe;

import org.jspecify.annotations.NullMarked;
