using Pier.Daemon;
using Pier.Model;

namespace Pier.UnitTests.Engine;

public class DaemonArgumentsTests
{
    static DaemonOptions Parse(params string[] arguments) => DaemonArguments.Parse(arguments, _ => null);

    [Fact]
    public void Defaults()
    {
        var options = Parse();
        Assert.Equal(("/var/lib/pier", "/run/pier", "/run/pier/pier.pid"), (options.DataRoot, options.ExecRoot, options.PidPath));
        Assert.Equal(["unix:///run/pier/pier.sock"], options.ListenOn);
    }

    [Fact]
    public void Flags_in_every_form()
    {
        var options = Parse("-H", "unix:///a", "--host=tcp://127.0.0.1:1", "--data-root", "/d", "-D", "--live-restore=false", "--log-opt", "max-size=1m");
        Assert.Equal(["unix:///a", "tcp://127.0.0.1:1"], options.Hosts);
        Assert.Equal(("/d", true, false, "1m"), (options.DataRoot, options.Debug, options.LiveRestore, options.LogOptions["max-size"]));
    }

    [Theory]
    [InlineData("unknown flag: --nope", "--nope")]
    [InlineData("flag needs an argument: --data-root", "--data-root")]
    [InlineData("\"pier daemon\" accepts no arguments: word", "word")]
    [InlineData("invalid logging level: loud", "-l", "loud")]
    [InlineData("not an absolute path: rel", "--data-root", "rel")]
    [InlineData("You specified -b & --bip, mutually exclusive options. Please specify only one", "-b", "none", "--bip", "10.0.0.1/24")]
    public void What_is_wrong_is_said(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<InvalidParameterException>(() => Parse(arguments)).Message);

    [Fact]
    public void A_file_and_flags_together()
    {
        var options = DaemonArguments.Parse(["--config-file", "/f", "-l", "warn"], _ => """{"data-root": "/d", "hosts": ["unix:///a"], "debug": true, "log-opts": {"max-file": "2"}}""");
        Assert.Equal(("/d", true, "2", "warn"), (options.DataRoot, options.Debug, options.LogOptions["max-file"], options.LogLevel));
    }

    [Theory]
    [InlineData("""{"data-root": "/d"}""", "the following directives are specified both as a flag and in the configuration file: data-root")]
    [InlineData("""{"nope": 1}""", "the following directives don't match any configuration option: nope")]
    [InlineData("""{"debug": "yes"}""", "the value of debug has the wrong type")]
    [InlineData("[]", "it is no JSON object")]
    public void A_bad_file_is_refused(string text, string why) =>
        Assert.EndsWith(why, Assert.Throws<InvalidParameterException>(() => DaemonArguments.Parse(["--config-file", "/f", "--data-root", "/x"], _ => text)).Message);
}
