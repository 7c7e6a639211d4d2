/* SPDX-License-Identifier: Apache-2.0 */
/* Entry points that say who hears of handshakes; core/conn/events.c tells them. Plain settings of a config. */
#include "s2n/unstable/events.h"

#include "config/config.h"
#include "edge.h"

int s2n_config_set_subscriber(struct s2n_config *config, void *subscriber)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->subscriber = subscriber;
    return S2N_SUCCESS;
}

int s2n_config_set_handshake_event(struct s2n_config *config, s2n_event_on_handshake_cb callback)
{
    if (!GIVEN(config)) {
        return S2N_FAILURE;
    }
    config->handshake_event = callback;
    return S2N_SUCCESS;
}

int s2n_config_set_timing_checkpoint_cb(struct s2n_config *config, s2n_event_on_timing_checkpoint_cb callback)
{
    if (!GIVEN(config) || !GIVEN(callback)) {
        return S2N_FAILURE;
    }
    config->timing_cb = callback;
    return S2N_SUCCESS;
}
