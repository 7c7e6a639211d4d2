/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections saved to a file and restored from it (--serialize-out, --deserialize-in), and the writing of
 * private files, which sessions use too. Called by s2nc and s2nd. Such a file holds keys, so it is created
 * readable by its owner only and the copies in memory are wiped.
 */
#include "common.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool saved_write_file(const char *path, const void *data, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    /* An existing file keeps its mode when it is truncated, hence fchmod. */
    bool ok = fd >= 0 && fchmod(fd, S_IRUSR | S_IWUSR) == 0 && io_write_all(fd, data, len);

    if (fd >= 0 && close(fd) != 0) {
        ok = false;
    }
    if (!ok) {
        fprintf(stderr, "Failed to write file '%s'\n", path);
    }
    return ok;
}

bool saved_store(struct s2n_connection *conn, const char *path)
{
    uint32_t len = 0;
    uint8_t *blob = NULL;
    bool ok = false;

    if (s2n_connection_serialization_length(conn, &len) != S2N_SUCCESS) {
        return tool_report("Error getting serialized connection length");
    }
    blob = (uint8_t *) calloc(1, len > 0 ? len : 1);
    if (blob == NULL) {
        fprintf(stderr, "Out of memory\n");
        return false;
    }
    if (s2n_connection_serialize(conn, blob, len) != S2N_SUCCESS) {
        tool_report("Error serializing connection");
    } else {
        ok = saved_write_file(path, blob, len);
    }
    explicit_bzero(blob, len);
    free(blob);
    return ok;
}

bool saved_load(struct s2n_connection *conn, const char *path)
{
    size_t len = 0;
    char *blob = tool_read_file(path, &len);
    bool ok = false;

    if (blob == NULL) {
        return false;
    }
    if (len > UINT32_MAX) {
        fprintf(stderr, "File '%s' is too large\n", path);
    } else if (s2n_connection_deserialize(conn, (uint8_t *) blob, (uint32_t) len) != S2N_SUCCESS) {
        tool_report("Error deserializing connection");
    } else {
        ok = true;
    }
    explicit_bzero(blob, len);
    free(blob);
    return ok;
}
