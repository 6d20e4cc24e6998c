using System.Net.Sockets;
using Pier.Api.Doors;
using Pier.Model;

namespace Pier.UnitTests.Api;

public sealed class UnixSocketFileTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("api-door-").FullName;

    string SocketPath => Path.Combine(_directory, "d.sock");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_socket_that_answers_is_not_taken_over()
    {
        using var owner = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        owner.Bind(new UnixDomainSocketEndPoint(SocketPath));
        owner.Listen();
        var refusal = Assert.Throws<ConflictException>(() => UnixSocketFile.Prepare(SocketPath));
        Assert.Equal($"can't create unix socket {SocketPath}: device or resource busy", refusal.Message);
        Assert.True(File.Exists(SocketPath));
    }

    [Fact]
    public async Task A_dead_daemons_socket_is_removed()
    {
        await File.WriteAllTextAsync(SocketPath, "");
        UnixSocketFile.Prepare(SocketPath);
        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public void A_path_longer_than_the_kernel_takes_is_refused() =>
        Assert.Throws<InvalidParameterException>(() => UnixSocketFile.Prepare("/tmp/" + new string('x', 110)));

    [Theory]
    [InlineData("tcp://127.0.0.1:2399", true)]
    [InlineData("tcp://[::1]:2399", true)]
    [InlineData("tcp://0.0.0.0:2375", false)]
    [InlineData("unix:///x", true)]
    public void Addresses_know_whether_others_can_reach_them(string text, bool loopback) =>
        Assert.Equal(loopback, ListenAddress.Parse(text, tls: false).IsLoopback);

    [Theory]
    [InlineData("foo://x")]
    [InlineData("tcp://h:99999")]
    [InlineData("tcp://h:x")]
    public void What_is_no_address_is_refused(string text) =>
        Assert.Throws<InvalidParameterException>(() => ListenAddress.Parse(text, tls: false));
}
