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
        var options = Parse(
            "-H",
            "unix:///a",
            "--host=tcp://127.0.0.1:1",
            "--data-root",
            "/d",
            "-D",
            "--live-restore=false",
            "--log-opt",
            "max-size=1m"
        );
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
        var options = DaemonArguments.Parse(
            ["--config-file", "/f", "-l", "warn"],
            _ => """{"data-root": "/d", "hosts": ["unix:///a"], "debug": true, "log-opts": {"max-file": "2"}}"""
        );
        Assert.Equal(("/d", true, "2", "warn"), (options.DataRoot, options.Debug, options.LogOptions["max-file"], options.LogLevel));
    }

    [Theory]
    [InlineData(
        """{"data-root": "/d"}""",
        "the following directives are specified both as a flag and in the configuration file: data-root"
    )]
    [InlineData("""{"nope": 1}""", "the following directives don't match any configuration option: nope")]
    [InlineData("""{"debug": "yes"}""", "the value of debug has the wrong type")]
    [InlineData("[]", "it is no JSON object")]
    public void A_bad_file_is_refused(string text, string why) =>
        Assert.EndsWith(
            why,
            Assert
                .Throws<InvalidParameterException>(() => DaemonArguments.Parse(["--config-file", "/f", "--data-root", "/x"], _ => text))
                .Message
        );

    [Fact]
    public void Defaults_of_containers_come_from_flags_or_the_file()
    {
        var flags = Parse(
            "--init",
            "--default-ulimit",
            "nofile=10:20",
            "--default-shm-size",
            "1.5m",
            "--default-ipc-mode=shareable",
            "--default-cgroupns-mode=host",
            "--add-runtime",
            "runc=/usr/sbin/runc",
            "--default-runtime",
            "runc",
            "--userns-remap",
            "default"
        );
        var file = DaemonArguments.Parse(
            [],
            _ =>
                """
                    {"init": true, "default-ulimits": {"nofile": {"Name": "nofile", "Hard": 20, "Soft": 10}}, "default-shm-size": "1.5MiB", "default-ipc-mode": "shareable",
                     "default-cgroupns-mode": "host", "runtimes": {"runc": {"path": "/usr/sbin/runc", "runtimeArgs": ["--debug"]}}, "default-runtime": "runc", "userns-remap": "default"}
                    """
        );
        foreach (var options in (DaemonOptions[])[flags, file])
        {
            var defaults = options.Defaults;
            Assert.Equal(
                (true, 3L << 19, "shareable", "host", "runc", "default"),
                (defaults.Init, defaults.ShmSize, defaults.IpcMode, defaults.CgroupnsMode, defaults.Runtime, options.UsernsRemap)
            );
            Assert.Equal(("nofile", 10, 20), defaults.Ulimits.Select(u => (u.Name, u.Soft, u.Hard)).Single());
            Assert.Equal("/usr/sbin/runc", options.Runtimes["runc"].Path);
        }
        Assert.Equal(["--debug"], file.Runtimes["runc"].Arguments);
    }

    [Theory]
    [InlineData("specified default runtime 'x' does not exist", "--default-runtime", "x")]
    [InlineData("runtime name 'pier' is reserved", "--add-runtime", "pier=/x")]
    [InlineData("invalid size: 'much'", "--default-shm-size", "much")]
    [InlineData("invalid ulimit argument: nofile=x", "--default-ulimit", "nofile=x")]
    [InlineData("ulimit soft limit must be less than or equal to hard limit: 2 > 1", "--default-ulimit", "nofile=2:1")]
    [InlineData("IPC mode \"host\" is not supported as default value; use \"private\" or \"shareable\"", "--default-ipc-mode", "host")]
    [InlineData("invalid default cgroup namespace (\"x\"), use \"host\" or \"private\"", "--default-cgroupns-mode", "x")]
    public void Wrong_defaults_are_refused(string message, params string[] arguments) =>
        Assert.Equal(message, Assert.Throws<InvalidParameterException>(() => Parse(arguments)).Message);
}
