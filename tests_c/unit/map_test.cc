/* SPDX-License-Identifier: Apache-2.0 */
/* The hash map: what was put is found, also after growing, and nothing else is. */
#include "support/core_fixture.h"

extern "C" {
#include "base/map.h"
}

namespace
{

class Map : public CoreTest
{
  protected:
    void TearDown() override { map_free(&map); }
    struct map map = {};
};

TEST_F(Map, EmptyMapHasNothing)
{
    EXPECT_EQ(map_get(&map, Text("a")), nullptr);
    EXPECT_EQ(map_get(&map, SPAN_NONE), nullptr);
}

TEST_F(Map, PutReplacesTheValueOfAnEqualKey)
{
    int first, second;
    ASSERT_TRUE(map_put(&map, Text("example.com"), &first));
    ASSERT_TRUE(map_put(&map, Text("example.com"), &second));
    EXPECT_EQ(map_get(&map, Text("example.com")), &second);
    EXPECT_EQ(map.n, 1u);
    EXPECT_EQ(map_get(&map, Text("example.co")), nullptr);
    EXPECT_EQ(map_get(&map, Text("example.comm")), nullptr);
}

TEST_F(Map, EmptyKeyIsAKey)
{
    int value;
    ASSERT_TRUE(map_put(&map, SPAN_NONE, &value));
    EXPECT_EQ(map_get(&map, SPAN_NONE), &value);
    EXPECT_EQ(map_get(&map, Text("x")), nullptr);
}

TEST_F(Map, KeysAreCopied)
{
    int value;
    Bytes key = FromHex("616263");
    ASSERT_TRUE(map_put(&map, Span(key), &value));
    key[0] = 'z';
    EXPECT_EQ(map_get(&map, Text("abc")), &value);
    EXPECT_EQ(map_get(&map, Span(key)), nullptr);
}

TEST_F(Map, ManyKeysSurviveGrowing)
{
    std::vector<int> values(3000);
    for (size_t i = 0; i < values.size(); i++) {
        ASSERT_TRUE(map_put(&map, Text(("host" + std::to_string(i)).c_str()), &values[i]));
    }
    EXPECT_EQ(map.n, values.size());
    for (size_t i = 0; i < values.size(); i++) {
        EXPECT_EQ(map_get(&map, Text(("host" + std::to_string(i)).c_str())), &values[i]) << i;
    }
    EXPECT_EQ(map_get(&map, Text("host3000")), nullptr);
}

TEST_F(Map, FreedMapCanBeUsedAgain)
{
    int value;
    ASSERT_TRUE(map_put(&map, Text("a"), &value));
    map_free(&map);
    EXPECT_EQ(map_get(&map, Text("a")), nullptr);
    ASSERT_TRUE(map_put(&map, Text("b"), &value));
    EXPECT_EQ(map_get(&map, Text("b")), &value);
}

} // namespace
