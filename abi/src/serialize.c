/* SPDX-License-Identifier: Apache-2.0 */
/* Entry points that move an established connection through bytes; the format is core/conn/serialize.c's. */
#include "conn/conn.h"
#include "edge.h"
#include "s2n.h"

int s2n_connection_serialization_length(struct s2n_connection *conn, uint32_t *length)
{
    return result(GIVEN(conn) && GIVEN(length) && conn_serialization_length(conn, length));
}

int s2n_connection_serialize(struct s2n_connection *conn, uint8_t *buffer, uint32_t buffer_length)
{
    return result(GIVEN(conn) && GIVEN(buffer) && conn_serialize(conn, buffer, buffer_length));
}

int s2n_connection_deserialize(struct s2n_connection *conn, uint8_t *buffer, uint32_t buffer_length)
{
    return result(GIVEN(conn) && GIVEN(buffer) && conn_deserialize(conn, SPAN(buffer, buffer_length)));
}
