using Pier.Model;
using Pier.Runtime.Users;

namespace Pier.UnitTests.Runtime;

public class UserResolverTests
{
    const string Passwd = "root:x:0:0:root:/root:/bin/sh\n# comment\nbroken\napp:x:1000:1001::/srv:/bin/sh\nhuge:x:4294967295:1::/:/\n";
    const string Group = "root:x:0:\napp:x:1001:\nwheel:x:10:root,app\ndocker:x:99:app\n";

    static (uint Uid, uint Gid, uint[] Groups) Resolve(string user, params string[] added)
    {
        var resolved = UserResolver.Resolve(user, added, () => Passwd, () => Group);
        return (resolved.Uid, resolved.Gid, [.. resolved.AdditionalGids!]);
    }

    static void Same(uint uid, uint gid, uint[] groups, (uint Uid, uint Gid, uint[] Groups) actual)
    {
        Assert.Equal((uid, gid), (actual.Uid, actual.Gid));
        Assert.Equal(groups, actual.Groups);
    }

    [Fact]
    public void Nothing_means_root_with_its_groups() => Same(0, 0, [0, 10], Resolve(""));

    [Fact]
    public void A_name_brings_its_group_and_the_groups_that_list_it() => Same(1000, 1001, [1001, 10, 99], Resolve("app"));

    [Fact]
    public void A_number_that_is_known_is_as_good_as_its_name() => Same(1000, 1001, [1001, 10, 99], Resolve("1000"));

    [Fact]
    public void A_number_that_is_not_known_has_group_0() => Same(4242, 0, [0], Resolve("4242"));

    [Fact]
    public void A_named_group_takes_the_place_of_all_others() => Same(1000, 10, [10], Resolve("app:wheel"));

    [Fact]
    public void Numbers_on_both_sides() => Same(5, 6, [6], Resolve("5:6"));

    [Fact]
    public void Added_groups_come_last_and_once() => Same(1000, 10, [10, 99, 7], Resolve("app:10", "docker", "7", "99"));

    [Theory]
    [InlineData("nobody", "unable to find user nobody: no matching entries in passwd file")]
    [InlineData("app:nogroup", "unable to find group nogroup: no matching entries in group file")]
    [InlineData("2147483648", "uids and gids must be in range 0-2147483647: 2147483648")]
    [InlineData("4294967296", "uids and gids must be in range 0-2147483647: 4294967296")]
    [InlineData("0:4294967295", "uids and gids must be in range 0-2147483647: 4294967295")]
    [InlineData("huge", "unable to find user huge: no matching entries in passwd file")]
    public void What_cannot_be_is_an_error_and_never_root(string user, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidParameterException>(() => Resolve(user)).Message);
}
