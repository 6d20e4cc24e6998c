using Pier.Cli;
using Pier.Cli.Transport;

namespace Pier.UnitTests.Cli.Transport;

/// <summary>What ssh is asked for an address; SshTests (CompatTests) run it.</summary>
public sealed class SshAddressTests
{
    const string Client = "sh -c 'if command -v pier >/dev/null; then exec pier \"$@\"; else exec docker \"$@\"; fi' sh";

    [Theory]
    [InlineData("ssh://host", "-- host", "")]
    [InlineData("ssh://host/", "-- host", "")]
    [InlineData("ssh://me@host:2222", "-l me -p 2222 -- host", "")]
    [InlineData("ssh://[::1]:22/run/x.sock", "-p 22 -- ::1", " --host 'unix:///run/x.sock'")]
    [InlineData("ssh://host/it's", "-- host", " --host 'unix:///it'\\''s'")]
    [InlineData("ssh://-oProxyCommand=x", "-- -oProxyCommand=x", "")]
    public void Words(string address, string host, string socket) =>
        Assert.Equal(
            $"ssh -o ConnectTimeout=30 -T {host} {Client}{socket} system dial-stdio",
            string.Join(' ', SshAddress.Parse(address).Command())
        );

    [Theory]
    [InlineData("ssh://", "hostname is empty")]
    [InlineData("ssh://me@/x", "hostname is empty")]
    [InlineData("ssh://me:secret@host", "plain-text password is not supported")]
    [InlineData("ssh://host?a=b", "query parameters are not allowed: \"a=b\"")]
    [InlineData("ssh://host#part", "fragments are not allowed: \"part\"")]
    [InlineData("ssh://host:x", "invalid port \":x\" after host")]
    public void Refusals(string address, string reason) =>
        Assert.Equal("invalid SSH URL: " + reason, Assert.Throws<CliFailure>(() => SshAddress.Parse(address)).Message);

    [Fact]
    public void A_client_that_starts_no_programs_says_so()
    {
        var run = CliRun.Of(null, "-H", "ssh://host", "ps");
        Assert.Equal((1, "error during connect: this client starts no programs, and so no ssh\n"), (run.Code, run.Error));
        Assert.Equal(
            "Failed to initialize: unable to resolve docker endpoint: ssh host connection is not valid: invalid SSH URL: hostname is empty\n",
            CliRun.Of(null, "-H", "ssh://", "ps").Error
        );
    }
}
