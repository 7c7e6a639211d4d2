/* Made by bindings/gen.py; do not edit. No function of the headers is wrapped as it stands: below, each one that the
 * library exports with the method that stands for it, or why scripts do without. */

%rename("$ignore", regextarget=1, %$isfunction) "^s2n_";
%rename("$ignore", regextarget=1, %$isvariable) "^s2n_";

%ignore s2n_calculate_stacktrace;                                            /* not for scripts: traces of C code */
%ignore s2n_cert_chain_and_key_free;                                         /* CertChain.close */
%ignore s2n_cert_chain_and_key_get_ctx;                                      /* not for scripts: a pointer for C callbacks */
%ignore s2n_cert_chain_and_key_get_private_key;                              /* not for scripts: a key that other functions of C take */
%ignore s2n_cert_chain_and_key_load_pem;                                     /* not for scripts: see load_pem_bytes */
%ignore s2n_cert_chain_and_key_load_pem_bytes;                               /* CertChain.load_pem_bytes */
%ignore s2n_cert_chain_and_key_load_public_pem_bytes;                        /* CertChain.load_public_pem_bytes */
%ignore s2n_cert_chain_and_key_new;                                          /* CertChain.new */
%ignore s2n_cert_chain_and_key_set_ctx;                                      /* not for scripts: a pointer for C callbacks */
%ignore s2n_cert_chain_and_key_set_ocsp_data;                                /* CertChain.set_ocsp_data */
%ignore s2n_cert_chain_and_key_set_sct_list;                                 /* CertChain.set_sct_list */
%ignore s2n_cert_chain_get_cert;                                             /* CertChain.get_der */
%ignore s2n_cert_chain_get_length;                                           /* CertChain.get_length */
%ignore s2n_cert_get_der;                                                    /* CertChain.get_der */
%ignore s2n_cert_get_utf8_string_from_extension_data;                        /* utf8_from_extension */
%ignore s2n_cert_get_utf8_string_from_extension_data_length;                 /* utf8_from_extension */
%ignore s2n_cert_get_x509_extension_value;                                   /* CertChain.get_extension */
%ignore s2n_cert_get_x509_extension_value_length;                            /* CertChain.get_extension */
%ignore s2n_cert_validation_accept;                                          /* not for scripts: used in C callbacks only */
%ignore s2n_cert_validation_reject;                                          /* not for scripts: used in C callbacks only */
%ignore s2n_certificate_authority_list_has_next;                             /* not for scripts: used in C callbacks only */
%ignore s2n_certificate_authority_list_next;                                 /* not for scripts: used in C callbacks only */
%ignore s2n_certificate_authority_list_reread;                               /* not for scripts: used in C callbacks only */
%ignore s2n_certificate_request_get_ca_list;                                 /* not for scripts: used in C callbacks only */
%ignore s2n_certificate_request_set_certificate;                             /* not for scripts: used in C callbacks only */
%ignore s2n_cleanup;                                                         /* not for scripts: deprecated */
%ignore s2n_cleanup_final;                                                   /* not for scripts: handles may be alive until the process ends */
%ignore s2n_cleanup_thread;                                                  /* not for scripts: deprecated */
%ignore s2n_client_hello_cb_done;                                            /* not for scripts: goes with a C callback */
%ignore s2n_client_hello_free;                                               /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_cipher_suites;                                  /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_cipher_suites_length;                           /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_compression_methods;                            /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_compression_methods_length;                     /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_extension_by_id;                                /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_extension_length;                               /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_extensions;                                     /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_extensions_length;                              /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_fingerprint_hash;                               /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_fingerprint_string;                             /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_legacy_protocol_version;                        /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_legacy_record_version;                          /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_random;                                         /* Connection.get_client_random */
%ignore s2n_client_hello_get_raw_message;                                    /* Connection.get_client_hello */
%ignore s2n_client_hello_get_raw_message_length;                             /* Connection.get_client_hello */
%ignore s2n_client_hello_get_server_name;                                    /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_server_name_length;                             /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_get_session_id;                                     /* Connection.get_client_session_id */
%ignore s2n_client_hello_get_session_id_length;                              /* Connection.get_client_session_id */
%ignore s2n_client_hello_get_supported_groups;                               /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_has_extension;                                      /* not for scripts: used in C callbacks only */
%ignore s2n_client_hello_parse_message;                                      /* not for scripts: used in C callbacks only */
%ignore s2n_config_accept_max_fragment_length;                               /* Config.accept_max_fragment_length */
%ignore s2n_config_add_cert_chain_and_key;                                   /* not for scripts: makes a certificate without an owner; see CertChain */
%ignore s2n_config_add_cert_chain_and_key_to_store;                          /* Config.add_cert_chain_and_key_to_store */
%ignore s2n_config_add_custom_x509_extension;                                /* Config.add_custom_x509_extension */
%ignore s2n_config_add_pem_to_trust_store;                                   /* Config.add_pem_to_trust_store */
%ignore s2n_config_add_ticket_crypto_key;                                    /* Config.add_ticket_crypto_key */
%ignore s2n_config_allow_ip_in_cn;                                           /* Config.allow_ip_in_cn */
%ignore s2n_config_append_protocol_preference;                               /* Config.append_protocol_preference */
%ignore s2n_config_disable_x509_intent_verification;                         /* Config.disable_x509_intent_verification */
%ignore s2n_config_disable_x509_time_verification;                           /* Config.disable_x509_time_verification */
%ignore s2n_config_disable_x509_verification;                                /* Config.disable_x509_verification */
%ignore s2n_config_enable_cert_req_dss_legacy_compat;                        /* Config.enable_cert_req_dss_legacy_compat */
%ignore s2n_config_free;                                                     /* Config.close */
%ignore s2n_config_free_cert_chain_and_key;                                  /* not for scripts: a config keeps its certificates alive by itself */
%ignore s2n_config_get_client_auth_type;                                     /* Config.get_client_auth_type */
%ignore s2n_config_get_ctx;                                                  /* not for scripts: a pointer for C callbacks */
%ignore s2n_config_get_supported_groups;                                     /* Config.get_supported_groups */
%ignore s2n_config_load_system_certs;                                        /* Config.load_system_certs */
%ignore s2n_config_new;                                                      /* Config.new */
%ignore s2n_config_new_minimal;                                              /* Config.new */
%ignore s2n_config_require_ticket_forward_secrecy;                           /* Config.require_ticket_forward_secrecy */
%ignore s2n_config_send_max_fragment_length;                                 /* Config.send_max_fragment_length */
%ignore s2n_config_set_alert_behavior;                                       /* Config.set_alert_behavior */
%ignore s2n_config_set_cache_delete_callback;                                /* not for scripts: takes a C callback */
%ignore s2n_config_set_cache_retrieve_callback;                              /* not for scripts: takes a C callback */
%ignore s2n_config_set_cache_store_callback;                                 /* not for scripts: a callback that must answer at once; session tickets need none */
%ignore s2n_config_set_cert_authorities_from_trust_store;                    /* Config.set_cert_authorities_from_trust_store */
%ignore s2n_config_set_cert_chain_and_key_defaults;                          /* not for scripts: an array; the first chain of each key type is the default */
%ignore s2n_config_set_cert_request_callback;                                /* not for scripts: takes a C callback */
%ignore s2n_config_set_cert_tiebreak_callback;                               /* not for scripts: takes a C callback */
%ignore s2n_config_set_cert_validation_cb;                                   /* not for scripts: takes a C callback */
%ignore s2n_config_set_check_stapled_ocsp_response;                          /* Config.set_check_stapled_ocsp_response */
%ignore s2n_config_set_cipher_preferences;                                   /* Config.set_cipher_preferences */
%ignore s2n_config_set_client_auth_type;                                     /* Config.set_client_auth_type */
%ignore s2n_config_set_client_hello_cb;                                      /* not for scripts: takes a C callback */
%ignore s2n_config_set_client_hello_cb_mode;                                 /* not for scripts: goes with a C callback */
%ignore s2n_config_set_crl_lookup_cb;                                        /* not for scripts: takes a C callback */
%ignore s2n_config_set_ct_support_level;                                     /* Config.set_ct_support_level */
%ignore s2n_config_set_ctx;                                                  /* not for scripts: a pointer for C callbacks */
%ignore s2n_config_set_early_data_cb;                                        /* Config.hold_early_data */
%ignore s2n_config_set_extension_data;                                       /* not for scripts: deprecated */
%ignore s2n_config_set_handshake_event;                                      /* not for scripts: takes a C callback */
%ignore s2n_config_set_initial_ticket_count;                                 /* Config.set_initial_ticket_count */
%ignore s2n_config_set_key_log_cb;                                           /* not for scripts: takes a C callback */
%ignore s2n_config_set_max_blinding_delay;                                   /* Config.set_max_blinding_delay */
%ignore s2n_config_set_max_cert_chain_depth;                                 /* Config.set_max_cert_chain_depth */
%ignore s2n_config_set_monotonic_clock;                                      /* not for scripts: takes a C callback */
%ignore s2n_config_set_protocol_preferences;                                 /* Config.clear_protocol_preferences */
%ignore s2n_config_set_psk_mode;                                             /* Config.set_psk_mode */
%ignore s2n_config_set_psk_selection_callback;                               /* not for scripts: takes a C callback */
%ignore s2n_config_set_recv_multi_record;                                    /* Config.set_recv_multi_record */
%ignore s2n_config_set_send_buffer_size;                                     /* Config.set_send_buffer_size */
%ignore s2n_config_set_serialization_version;                                /* Config.set_serialization_version */
%ignore s2n_config_set_server_max_early_data_size;                           /* Config.set_server_max_early_data_size */
%ignore s2n_config_set_session_cache_onoff;                                  /* Config.set_session_cache_onoff */
%ignore s2n_config_set_session_state_lifetime;                               /* Config.set_session_state_lifetime */
%ignore s2n_config_set_session_ticket_cb;                                    /* not for scripts: takes a C callback */
%ignore s2n_config_set_session_tickets_onoff;                                /* Config.set_session_tickets_onoff */
%ignore s2n_config_set_status_request_type;                                  /* Config.set_status_request_type */
%ignore s2n_config_set_subscriber;                                           /* not for scripts: a pointer for C callbacks */
%ignore s2n_config_set_ticket_decrypt_key_lifetime;                          /* Config.set_ticket_decrypt_key_lifetime */
%ignore s2n_config_set_ticket_encrypt_decrypt_key_lifetime;                  /* Config.set_ticket_encrypt_decrypt_key_lifetime */
%ignore s2n_config_set_timing_checkpoint_cb;                                 /* not for scripts: takes a C callback */
%ignore s2n_config_set_verification_ca_location;                             /* Config.set_verification_ca_location */
%ignore s2n_config_set_verify_after_sign;                                    /* Config.set_verify_after_sign */
%ignore s2n_config_set_verify_host_callback;                                 /* Config.set_verify_host */
%ignore s2n_config_set_wall_clock;                                           /* not for scripts: takes a C callback */
%ignore s2n_config_wipe_trust_store;                                         /* Config.wipe_trust_store */
%ignore s2n_connection_add_new_tickets_to_send;                              /* Connection.add_new_tickets_to_send */
%ignore s2n_connection_append_protocol_preference;                           /* Connection.append_protocol_preference */
%ignore s2n_connection_append_psk;                                           /* Connection.append_psk */
%ignore s2n_connection_client_cert_used;                                     /* Connection.client_cert_used */
%ignore s2n_connection_deserialize;                                          /* Connection.deserialize */
%ignore s2n_connection_free;                                                 /* Connection.close */
%ignore s2n_connection_free_handshake;                                       /* Connection.free_handshake */
%ignore s2n_connection_get_actual_protocol_version;                          /* Connection.get_actual_protocol_version */
%ignore s2n_connection_get_alert;                                            /* Connection.get_alert */
%ignore s2n_connection_get_certificate_match;                                /* Connection.get_certificate_match */
%ignore s2n_connection_get_cipher;                                           /* Connection.get_cipher */
%ignore s2n_connection_get_cipher_iana_value;                                /* Connection.get_cipher_iana_value */
%ignore s2n_connection_get_client_auth_type;                                 /* Connection.get_client_auth_type */
%ignore s2n_connection_get_client_cert_chain;                                /* Connection.get_client_cert_chain */
%ignore s2n_connection_get_client_hello;                                     /* Connection.get_client_hello */
%ignore s2n_connection_get_client_hello_version;                             /* not for scripts: the same as get_client_protocol_version for programs of today */
%ignore s2n_connection_get_client_protocol_version;                          /* Connection.get_client_protocol_version */
%ignore s2n_connection_get_ctx;                                              /* not for scripts: a pointer for C callbacks */
%ignore s2n_connection_get_curve;                                            /* not for scripts: deprecated */
%ignore s2n_connection_get_delay;                                            /* Connection.get_delay */
%ignore s2n_connection_get_early_data_status;                                /* Connection.get_early_data_status */
%ignore s2n_connection_get_handshake_type_name;                              /* Connection.get_handshake_type_name */
%ignore s2n_connection_get_kem_group_name;                                   /* Connection.get_kem_group_name */
%ignore s2n_connection_get_kem_name;                                         /* not for scripts: deprecated */
%ignore s2n_connection_get_key_exchange_group;                               /* Connection.get_key_exchange_group */
%ignore s2n_connection_get_key_update_counts;                                /* not for scripts: two results; of use with the kernel's TLS */
%ignore s2n_connection_get_last_message_name;                                /* Connection.get_last_message_name */
%ignore s2n_connection_get_master_secret;                                    /* Connection.get_master_secret */
%ignore s2n_connection_get_max_early_data_size;                              /* Connection.get_max_early_data_size */
%ignore s2n_connection_get_mode;                                             /* Connection.get_mode */
%ignore s2n_connection_get_negotiated_psk_identity;                          /* Connection.get_negotiated_psk_identity */
%ignore s2n_connection_get_negotiated_psk_identity_length;                   /* Connection.get_negotiated_psk_identity */
%ignore s2n_connection_get_ocsp_response;                                    /* not for scripts: bytes with a length beside them */
%ignore s2n_connection_get_peer_cert_chain;                                  /* Connection.get_peer_cert_chain */
%ignore s2n_connection_get_read_fd;                                          /* Connection.get_read_fd */
%ignore s2n_connection_get_remaining_early_data_size;                        /* Connection.get_remaining_early_data_size */
%ignore s2n_connection_get_sct_list;                                         /* not for scripts: bytes with a length beside them */
%ignore s2n_connection_get_selected_cert;                                    /* Connection.get_selected_cert */
%ignore s2n_connection_get_selected_client_cert_digest_algorithm;            /* Connection.get_selected_client_cert_digest_algorithm */
%ignore s2n_connection_get_selected_client_cert_signature_algorithm;         /* Connection.get_selected_client_cert_signature_algorithm */
%ignore s2n_connection_get_selected_digest_algorithm;                        /* Connection.get_selected_digest_algorithm */
%ignore s2n_connection_get_selected_signature_algorithm;                     /* Connection.get_selected_signature_algorithm */
%ignore s2n_connection_get_server_protocol_version;                          /* Connection.get_server_protocol_version */
%ignore s2n_connection_get_session;                                          /* Connection.get_session */
%ignore s2n_connection_get_session_id;                                       /* Connection.get_session_id */
%ignore s2n_connection_get_session_id_length;                                /* Connection.get_session_id */
%ignore s2n_connection_get_session_length;                                   /* Connection.get_session */
%ignore s2n_connection_get_session_ticket_lifetime_hint;                     /* Connection.get_session_ticket_lifetime_hint */
%ignore s2n_connection_get_signature_scheme;                                 /* Connection.get_signature_scheme */
%ignore s2n_connection_get_tickets_sent;                                     /* Connection.get_tickets_sent */
%ignore s2n_connection_get_wire_bytes_in;                                    /* Connection.get_wire_bytes_in */
%ignore s2n_connection_get_wire_bytes_out;                                   /* Connection.get_wire_bytes_out */
%ignore s2n_connection_get_write_fd;                                         /* Connection.get_write_fd */
%ignore s2n_connection_is_ocsp_stapled;                                      /* Connection.is_ocsp_stapled */
%ignore s2n_connection_is_session_resumed;                                   /* Connection.is_session_resumed */
%ignore s2n_connection_is_valid_for_cipher_preferences;                      /* Connection.is_valid_for_cipher_preferences */
%ignore s2n_connection_new;                                                  /* Connection.new */
%ignore s2n_connection_prefer_low_latency;                                   /* Connection.prefer_low_latency */
%ignore s2n_connection_prefer_throughput;                                    /* Connection.prefer_throughput */
%ignore s2n_connection_release_buffers;                                      /* Connection.release_buffers */
%ignore s2n_connection_request_key_update;                                   /* Connection.request_key_update */
%ignore s2n_connection_serialization_length;                                 /* Connection.serialize */
%ignore s2n_connection_serialize;                                            /* Connection.serialize */
%ignore s2n_connection_server_name_extension_used;                           /* not for scripts: goes with a C callback */
%ignore s2n_connection_set_blinding;                                         /* Connection.set_blinding */
%ignore s2n_connection_set_cipher_preferences;                               /* Connection.set_cipher_preferences */
%ignore s2n_connection_set_client_auth_type;                                 /* Connection.set_client_auth_type */
%ignore s2n_connection_set_config;                                           /* Connection.set_config */
%ignore s2n_connection_set_ctx;                                              /* not for scripts: a pointer for C callbacks */
%ignore s2n_connection_set_dynamic_buffers;                                  /* Connection.set_dynamic_buffers */
%ignore s2n_connection_set_dynamic_record_threshold;                         /* Connection.set_dynamic_record_threshold */
%ignore s2n_connection_set_fd;                                               /* Connection.set_fd */
%ignore s2n_connection_set_protocol_preferences;                             /* not for scripts: an array; see append_protocol_preference */
%ignore s2n_connection_set_psk_mode;                                         /* Connection.set_psk_mode */
%ignore s2n_connection_set_read_fd;                                          /* Connection.set_read_fd */
%ignore s2n_connection_set_recv_buffering;                                   /* Connection.set_recv_buffering */
%ignore s2n_connection_set_recv_cb;                                          /* Connection.use_memory */
%ignore s2n_connection_set_recv_ctx;                                         /* Connection.use_memory */
%ignore s2n_connection_set_send_cb;                                          /* Connection.use_memory */
%ignore s2n_connection_set_send_ctx;                                         /* Connection.use_memory */
%ignore s2n_connection_set_server_early_data_context;                        /* Connection.set_server_early_data_context */
%ignore s2n_connection_set_server_keying_material_lifetime;                  /* Connection.set_server_keying_material_lifetime */
%ignore s2n_connection_set_server_max_early_data_size;                       /* Connection.set_server_max_early_data_size */
%ignore s2n_connection_set_session;                                          /* Connection.set_session */
%ignore s2n_connection_set_verify_host_callback;                             /* Config.accept_host */
%ignore s2n_connection_set_write_fd;                                         /* Connection.set_write_fd */
%ignore s2n_connection_tls_exporter;                                         /* not for scripts: writes as many bytes as the caller asks for */
%ignore s2n_connection_use_corked_io;                                        /* Connection.use_corked_io */
%ignore s2n_connection_wipe;                                                 /* Connection.wipe */
%ignore s2n_crl_free;                                                        /* not for scripts: used in C callbacks only */
%ignore s2n_crl_get_issuer_hash;                                             /* not for scripts: used in C callbacks only */
%ignore s2n_crl_load_pem;                                                    /* not for scripts: used in C callbacks only */
%ignore s2n_crl_lookup_get_cert_issuer_hash;                                 /* not for scripts: used in C callbacks only */
%ignore s2n_crl_lookup_ignore;                                               /* not for scripts: used in C callbacks only */
%ignore s2n_crl_lookup_set;                                                  /* not for scripts: used in C callbacks only */
%ignore s2n_crl_new;                                                         /* not for scripts: used in C callbacks only */
%ignore s2n_crl_validate_active;                                             /* not for scripts: used in C callbacks only */
%ignore s2n_crl_validate_not_expired;                                        /* not for scripts: used in C callbacks only */
%ignore s2n_crypto_disable_init;                                             /* not for scripts: only before the module is loaded */
%ignore s2n_disable_atexit;                                                  /* not for scripts: only before the module is loaded */
%ignore s2n_errno_location;                                                  /* not for scripts: errors are exceptions */
%ignore s2n_error_get_type;                                                  /* not for scripts: errors are exceptions */
%ignore s2n_external_psk_new;                                                /* Psk.new */
%ignore s2n_fingerprint_free;                                                /* not for scripts: works on a ClientHello, which scripts have as bytes */
%ignore s2n_fingerprint_get_hash;                                            /* not for scripts: works on a ClientHello, which scripts have as bytes */
%ignore s2n_fingerprint_get_hash_size;                                       /* not for scripts: works on a ClientHello, which scripts have as bytes */
%ignore s2n_fingerprint_get_raw;                                             /* not for scripts: works on a ClientHello, which scripts have as bytes */
%ignore s2n_fingerprint_get_raw_size;                                        /* not for scripts: works on a ClientHello, which scripts have as bytes */
%ignore s2n_fingerprint_new;                                                 /* not for scripts: works on a ClientHello, which scripts have as bytes */
%ignore s2n_fingerprint_set_client_hello;                                    /* not for scripts: used in C callbacks only */
%ignore s2n_fingerprint_wipe;                                                /* not for scripts: works on a ClientHello, which scripts have as bytes */
%ignore s2n_free_stacktrace;                                                 /* not for scripts: traces of C code */
%ignore s2n_get_application_protocol;                                        /* Connection.get_application_protocol */
%ignore s2n_get_fips_mode;                                                   /* get_fips_mode */
%ignore s2n_get_openssl_version;                                             /* get_openssl_version */
%ignore s2n_get_server_name;                                                 /* Connection.get_server_name */
%ignore s2n_get_stacktrace;                                                  /* not for scripts: traces of C code */
%ignore s2n_init;                                                            /* not for scripts: called when the module is loaded */
%ignore s2n_mem_set_callbacks;                                               /* not for scripts: takes a C callback */
%ignore s2n_negotiate;                                                       /* Connection.negotiate */
%ignore s2n_offered_early_data_accept;                                       /* Connection.accept_early_data */
%ignore s2n_offered_early_data_get_context;                                  /* Connection.get_early_data_context */
%ignore s2n_offered_early_data_get_context_length;                           /* Connection.get_early_data_context */
%ignore s2n_offered_early_data_reject;                                       /* Connection.reject_early_data */
%ignore s2n_offered_psk_free;                                                /* not for scripts: used in C callbacks only */
%ignore s2n_offered_psk_get_identity;                                        /* not for scripts: used in C callbacks only */
%ignore s2n_offered_psk_list_choose_psk;                                     /* not for scripts: used in C callbacks only */
%ignore s2n_offered_psk_list_has_next;                                       /* not for scripts: used in C callbacks only */
%ignore s2n_offered_psk_list_next;                                           /* not for scripts: used in C callbacks only */
%ignore s2n_offered_psk_list_reread;                                         /* not for scripts: used in C callbacks only */
%ignore s2n_offered_psk_new;                                                 /* not for scripts: used in C callbacks only */
%ignore s2n_peek;                                                            /* Connection.peek */
%ignore s2n_peek_buffered;                                                   /* Connection.peek_buffered */
%ignore s2n_print_stacktrace;                                                /* not for scripts: takes a FILE * */
%ignore s2n_psk_configure_early_data;                                        /* Psk.configure_early_data */
%ignore s2n_psk_free;                                                        /* Psk.close */
%ignore s2n_psk_set_application_protocol;                                    /* Psk.set_application_protocol */
%ignore s2n_psk_set_early_data_context;                                      /* Psk.set_early_data_context */
%ignore s2n_psk_set_hmac;                                                    /* Psk.set_hmac */
%ignore s2n_psk_set_identity;                                                /* Psk.set_identity */
%ignore s2n_psk_set_secret;                                                  /* Psk.set_secret */
%ignore s2n_rand_set_callbacks;                                              /* not for scripts: deprecated */
%ignore s2n_recv;                                                            /* Connection.recv */
%ignore s2n_recv_early_data;                                                 /* Connection.recv_early_data */
%ignore s2n_send;                                                            /* Connection.send */
%ignore s2n_send_early_data;                                                 /* Connection.send_early_data */
%ignore s2n_sendv;                                                           /* not for scripts: takes an array of buffers; see send */
%ignore s2n_sendv_with_offset;                                               /* not for scripts: takes an array of buffers; see send */
%ignore s2n_session_ticket_get_data;                                         /* not for scripts: used in C callbacks only */
%ignore s2n_session_ticket_get_data_len;                                     /* not for scripts: used in C callbacks only */
%ignore s2n_session_ticket_get_lifetime;                                     /* not for scripts: used in C callbacks only */
%ignore s2n_set_server_name;                                                 /* Connection.set_server_name */
%ignore s2n_shutdown;                                                        /* Connection.shutdown */
%ignore s2n_shutdown_send;                                                   /* Connection.shutdown_send */
%ignore s2n_stack_traces_enabled;                                            /* not for scripts: traces of C code */
%ignore s2n_stack_traces_enabled_set;                                        /* not for scripts: traces of C code */
%ignore s2n_strerror;                                                        /* not for scripts: errors are exceptions */
%ignore s2n_strerror_debug;                                                  /* not for scripts: errors are exceptions */
%ignore s2n_strerror_name;                                                   /* not for scripts: errors are exceptions */
%ignore s2n_strerror_source;                                                 /* not for scripts: errors are exceptions */
