using Pier.Model;
using Pier.Runtime;

namespace Pier.UnitTests.Runtime;

public class IdMappingsTests
{
    static IdMappings Parse(string text) =>
        IdMappings.Parse(
            text,
            file =>
                file switch
                {
                    "/etc/passwd" => "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n",
                    "/etc/group" => "staff:x:50:\n",
                    "/etc/subuid" => "dockremap:165536:65536\nann:300000:1000\n1000:400000:500\n",
                    "/etc/subgid" => "dockremap:165536:65536\nann:300000:1000\n50:500000:65536\n",
                    _ => null,
                }
        );

    [Fact]
    public void Default_is_dockremap()
    {
        var ids = Parse("default");
        Assert.Equal(("dockremap", 0u, 165536u, 65536u), (ids.Name, ids.Users[0].ContainerID, ids.Users[0].HostID, ids.Users[0].Size));
    }

    [Theory]
    [InlineData("ann")]
    [InlineData("1000")]
    public void Ranges_of_name_and_number_follow_each_other(string user)
    {
        Assert.Equal(
            [(0u, 300000u, 1000u), (1000u, 400000u, 500u)],
            Parse(user + ":staff").Users.Select(r => (r.ContainerID, r.HostID, r.Size))
        );
        Assert.Equal([(0u, 500000u, 65536u)], Parse(user + ":staff").Groups.Select(r => (r.ContainerID, r.HostID, r.Size)));
    }

    [Theory]
    [InlineData("bob", "Can't create ID mappings: no subuid ranges found for user \"bob\" in /etc/subuid")]
    [InlineData("ann:bob", "Can't create ID mappings: no subgid ranges found for user \"bob\" in /etc/subgid")]
    [InlineData("a:b:c", "invalid user/group specification in --userns-remap: \"a:b:c\"")]
    public void Who_has_no_range_cannot_be_mapped(string text, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidParameterException>(() => Parse(text)).Message);
}
