/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The selection callback of a server: the list as it sees it, what it may choose, append or refuse, and that a choice
 * never excuses a wrong binder. Our client against our server, public API only.
 */
#include "self/psk.h"

using namespace s2n_test;

namespace
{

struct Selection {
    std::function<int(s2n_connection *, s2n_offered_psk_list *)> body;
    int calls = 0;
    std::vector<std::string> seen;

    void Plug(s2n_config *config)
    {
        Must(s2n_config_set_psk_selection_callback(config, Run, this), "set_psk_selection_callback");
        Must(s2n_config_set_psk_mode(config, S2N_PSK_MODE_EXTERNAL), "set_psk_mode");
    }
    static int Run(s2n_connection *conn, void *ctx, s2n_offered_psk_list *list)
    {
        Selection *self = static_cast<Selection *>(ctx);
        self->calls++;
        return self->body(conn, list);
    }
};

struct OfferedFree {
    void operator()(s2n_offered_psk *p) const { s2n_offered_psk_free(&p); }
};
using Offered = std::unique_ptr<s2n_offered_psk, OfferedFree>;

std::string Identity(s2n_offered_psk *psk)
{
    uint8_t *data = nullptr;
    uint16_t size = 0;
    EXPECT_EQ(0, s2n_offered_psk_get_identity(psk, &data, &size));
    return std::string(reinterpret_cast<char *>(data), size);
}

class PskSelection : public ExternalPsk
{
  protected:
    PskSelection()
    {
        scene.server_more = [this](s2n_config *c) { selection.Plug(c); };
        scene.Certificate(true);
    }
    /* Goes through the list and chooses the one with this identity; the result of the choice. */
    int Choose(s2n_offered_psk_list *list, const std::string &identity)
    {
        Offered offered(s2n_offered_psk_new());
        while (s2n_offered_psk_list_has_next(list)) {
            EXPECT_EQ(0, s2n_offered_psk_list_next(list, offered.get()));
            selection.seen.push_back(Identity(offered.get()));
            if (selection.seen.back() == identity) {
                return s2n_offered_psk_list_choose_psk(list, offered.get());
            }
        }
        return -2;
    }
    Selection selection;
};

TEST_F(PskSelection, ChoosesAgainstTheServersOrder)
{
    selection.body = [this](s2n_connection *, s2n_offered_psk_list *list) { return Choose(list, "beta"); };
    ExpectPsk(*scene.ConnectWith({ kAlpha, kBeta, kGamma384 }, { kAlpha, kBeta }), kBeta);
    EXPECT_EQ((std::vector<std::string>{ "alpha", "beta" }), selection.seen);
    EXPECT_EQ(1, selection.calls);
}

TEST_F(PskSelection, WalksTheListAsOftenAsItLikes)
{
    selection.body = [this](s2n_connection *, s2n_offered_psk_list *list) {
        Offered offered(s2n_offered_psk_new());
        uint8_t *data = nullptr;
        uint16_t size = 0;
        EXPECT_EQ(-1, s2n_offered_psk_get_identity(offered.get(), &data, &size));
        EXPECT_EQ("S2N_ERR_NULL", ErrName(s2n_errno));
        EXPECT_EQ(-1, s2n_offered_psk_list_choose_psk(list, offered.get()));
        EXPECT_EQ("S2N_ERR_INVALID_ARGUMENT", ErrName(s2n_errno));
        EXPECT_EQ(-2, Choose(list, "nobody"));
        EXPECT_FALSE(s2n_offered_psk_list_has_next(list));
        EXPECT_EQ(-1, s2n_offered_psk_list_next(list, offered.get()));
        EXPECT_EQ("S2N_ERR_STUFFER_OUT_OF_DATA", ErrName(s2n_errno));
        EXPECT_EQ(0, s2n_offered_psk_list_reread(list));
        EXPECT_TRUE(s2n_offered_psk_list_has_next(list));
        return Choose(list, "alpha");
    };
    ExpectPsk(*scene.ConnectWith({ kBeta, kAlpha }, { kBeta, kAlpha }), kAlpha);
}

TEST_F(PskSelection, KeepsTheLastChoiceThatSucceeded)
{
    selection.body = [this](s2n_connection *, s2n_offered_psk_list *list) {
        EXPECT_EQ(0, Choose(list, "alpha"));
        EXPECT_EQ(0, Choose(list, "beta"));
        EXPECT_EQ(-1, Choose(list, "unknown"));
        EXPECT_EQ("S2N_ERR_NULL", ErrName(s2n_errno));
        return 0;
    };
    Psk unknown{ "unknown", "u" };
    ExpectPsk(*scene.ConnectWith({ kAlpha, kBeta, unknown }, { kAlpha, kBeta }), kBeta);
}

TEST_F(PskSelection, MayAppendThePskThatItChooses)
{
    selection.body = [this](s2n_connection *conn, s2n_offered_psk_list *list) {
        EXPECT_EQ("", Append(conn, kBeta));
        return Choose(list, "beta");
    };
    ExpectPsk(*scene.ConnectWith({ kAlpha, kBeta }, {}), kBeta);
}

TEST_F(PskSelection, MayChooseNone)
{
    for (int way = 0; way < 3; way++) {
        selection.body = [this, way](s2n_connection *, s2n_offered_psk_list *list) {
            if (way > 0) {
                EXPECT_EQ(0, Choose(list, "alpha"));
            }
            if (way == 1) {
                EXPECT_EQ(0, s2n_offered_psk_list_choose_psk(list, nullptr));
            }
            return way == 2 ? -1 : 0;
        };
        scene.Certificate(true);
        ExpectNone(*scene.ConnectWith({ kAlpha }, { kAlpha }));
        scene.Certificate(false);
        ExpectServerFails({ kAlpha }, { kAlpha }, "S2N_ERR_NO_VALID_SIGNATURE_SCHEME");
    }
}

TEST_F(PskSelection, IsNotAskedAboutNothing)
{
    selection.body = [](s2n_connection *, s2n_offered_psk_list *) { return 0; };
    ExpectNone(*scene.ConnectWith({}, { kAlpha }));
    EXPECT_EQ(0, selection.calls);
}

TEST_F(PskSelection, DoesNotExcuseABadBinder)
{
    selection.body = [this](s2n_connection *, s2n_offered_psk_list *list) { return Choose(list, "alpha"); };
    ExpectServerFails({ { "alpha", "another" } }, { kAlpha }, "S2N_ERR_BAD_MESSAGE");
}

/* With tickets the list holds these, and choosing one opens it. */
TEST_F(PskSelection, ChoosesATicket)
{
    Scene tickets(kTls13);
    std::string session = tickets.FirstSession(), problem;
    tickets.server_more = [this](s2n_config *c) {
        selection.Plug(c);
        Must(s2n_config_set_psk_mode(c, S2N_PSK_MODE_RESUMPTION), "set_psk_mode");
    };
    selection.body = [&](s2n_connection *, s2n_offered_psk_list *list) {
        Offered offered(s2n_offered_psk_new());
        EXPECT_EQ(0, s2n_offered_psk_list_next(list, offered.get()));
        EXPECT_EQ(TicketOf(session), Identity(offered.get()));
        int result = s2n_offered_psk_list_choose_psk(list, offered.get());
        problem = result == 0 ? "" : ErrName(s2n_errno);
        return result;
    };
    auto pair = tickets.Connect(session);
    EXPECT_TRUE(Resumed(*pair));
    EXPECT_EQ(TicketOf(session), IdentityOf(pair->server().conn));
    tickets.session_life = 10;
    tickets.After(20);
    EXPECT_FALSE(Resumed(*tickets.Connect(session)));
    EXPECT_EQ("S2N_ERR_INVALID_SESSION_TICKET", problem);
    tickets.keys[0].name = "key2";
    EXPECT_FALSE(Resumed(*tickets.Connect(session)));
    EXPECT_EQ("S2N_ERR_KEY_USED_IN_SESSION_TICKET_NOT_FOUND", problem);
}

} // namespace
