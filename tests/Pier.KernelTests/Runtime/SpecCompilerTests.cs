using Pier.Model.Runtime;
using Pier.Runtime.Compile;

namespace Pier.KernelTests.Runtime;

public sealed class SpecCompilerTests : IDisposable
{
    readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    string Output(string script, Func<Spec, Spec>? change = null)
    {
        var spec = Sandbox.Shell(script);
        var (output, _) = _sandbox.Run(change is null ? spec : change(spec));
        return output.TrimEnd('\n');
    }

    [Fact]
    public void The_first_process_is_pid_1_with_its_host_name_and_stdout() =>
        Assert.Equal("1 runc /", Output("echo $$ $(hostname) $(readlink /proc/self/cwd)"));

    [Fact]
    public void The_exit_code_is_the_commands_own()
    {
        var (_, status) = _sandbox.Run(Sandbox.Shell("exit 42"));
        Assert.Equal(42, status.Code);
    }

    [Fact]
    public void Dev_holds_the_default_devices_and_links() =>
        Assert.Equal("full null random tty urandom zero", Output("cd /dev; echo $(for d in *; do test -c $d -a ! -L $d && echo $d; done)"));

    [Fact]
    public void Masked_paths_read_as_empty() => Assert.Equal("0 0", Output("echo $(cat /proc/keys | wc -c) $(ls /sys/firmware | wc -l)"));

    [Fact]
    public void Read_only_paths_refuse_writes() =>
        Assert.Contains(
            "Read-only file system",
            Output("echo 1 > /proc/sys/kernel/hostname 2>&1; touch /proc/sys/kernel/x 2>&1; exec 2>&1; echo x > /proc/sysrq-trigger")
        );

    [Fact]
    public void Nothing_of_the_host_is_mounted_any_more()
    {
        var mounts = Output("cat /proc/self/mountinfo").Split('\n').Select(l => l.Split(' ')[4]).ToArray();
        Assert.Equal(mounts.Distinct().Count(), mounts.Length);
        Assert.All(mounts, m => Assert.Matches("^/($|proc|dev|sys)", m));
    }

    [Fact]
    public void No_descriptor_but_stdio_is_open() => Assert.Equal("0 1 2 3", Output("exec ls /proc/self/fd | cat").Replace('\n', ' '));

    [Fact]
    public void Capabilities_are_the_specs_and_inheritable_ones_are_none() =>
        Assert.Equal(
            ["0000000000000000", "0000000020000420", "0000000020000420", "0000000020000420", "0000000000000000"],
            Output("grep ^Cap /proc/self/status").Split('\n').Select(l => l.Split('\t')[1])
        );

    [Fact]
    public void Loopback_is_up() => Assert.Contains("LOOPBACK,UP", Output("ip link show lo"));

    [Fact]
    public void Signals_are_neither_blocked_nor_ignored() =>
        Assert.Equal(
            "0000000000000000 0000000000000000",
            Output("exec awk '/^Sig(Blk|Ign)/ {printf \"%s%s\", s, $2; s=\" \"}' /proc/self/status")
        );

    [Fact]
    public void The_user_has_its_ids_and_groups() =>
        Assert.Equal(
            "uid=1000(user) gid=1000 groups=7,8",
            Output(
                "id",
                s =>
                    s with
                    {
                        Process = s.Process! with
                        {
                            User = new User
                            {
                                Uid = 1000,
                                Gid = 1000,
                                AdditionalGids = [7, 8],
                            },
                        },
                    }
            )
        );

    [Theory]
    [InlineData("nosuch", "exec: \"nosuch\": executable file not found in $PATH")]
    [InlineData("/nosuch", "exec: \"/nosuch\": stat /nosuch: no such file or directory")]
    [InlineData("/etc/passwd", "exec: \"/etc/passwd\": permission denied")]
    [InlineData("/etc", "exec: \"/etc\": is a directory")]
    public void A_command_that_cannot_be_executed_is_told_in_Dockers_words(string command, string message)
    {
        var spec = Sandbox.Shell("");
        var failure = Assert.Throws<LaunchFailedException>(() =>
            _sandbox.Run(spec with { Process = spec.Process! with { Args = [command] } })
        );
        Assert.Equal(message, failure.Message);
    }

    [Fact]
    public void A_missing_working_directory_is_made() =>
        Assert.Equal("/a/b/c", Output("readlink /proc/self/cwd", s => s with { Process = s.Process! with { Cwd = "/a/b/c" } }));

    [Fact]
    public void A_working_directory_through_a_descriptor_is_refused()
    {
        var spec = Sandbox.Shell("true");
        for (var fd = 3; fd < 40; fd++)
            Assert.Throws<LaunchFailedException>(() =>
                _sandbox.Run(spec with { Process = spec.Process! with { Cwd = $"/proc/self/fd/{fd}" } })
            );
    }

    [Fact]
    public void A_read_only_root_refuses_writes_and_dev_and_tmpfs_take_them() =>
        Assert.Equal(
            "no yes",
            Output(
                    "(touch /x 2>/dev/null && echo yes || echo no) | cat; touch /dev/shm/x && echo yes",
                    s =>
                        s with
                        {
                            Root = new Root { Path = "rootfs", Readonly = true },
                        }
                )
                .Replace('\n', ' ')
        );

    [Fact]
    public void Sysctls_of_own_namespaces_are_set_and_others_refused()
    {
        Assert.Equal(
            "1024",
            Output(
                "cat /proc/sys/net/core/somaxconn",
                s => s with { Linux = s.Linux! with { Sysctl = new Dictionary<string, string> { ["net.core.somaxconn"] = "1024" } } }
            )
        );
        Assert.Throws<Pier.Model.InvalidParameterException>(() =>
            Output("true", s => s with { Linux = s.Linux! with { Sysctl = new Dictionary<string, string> { ["kernel.panic"] = "1" } } })
        );
    }
}
