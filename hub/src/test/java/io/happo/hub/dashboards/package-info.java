@NullMarked
package io.happo.hub.dashboards;

import org.jspecify.annotations.NullMarked;
