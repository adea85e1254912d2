/** Networks of IP addresses, as lists of those who may ask hold them. */
@NullMarked
package io.happo.agent.address;

import org.jspecify.annotations.NullMarked;
