using System.Diagnostics;
using Pier.Model;
using Pier.Model.Runtime;
using Pier.Runtime;
using Pier.Runtime.Seccomp;
using Process = Pier.Model.Runtime.Process;

namespace Pier.KernelTests.Runtime;

public class BuiltInRuntimeTests
{
    static Spec With(Spec spec, LinuxResources resources) => spec with { Linux = spec.Linux! with { Resources = resources } };

    static Process Shell(string script) => Sandbox.Shell(script).Process!;

    [SkippableFact]
    public async Task A_container_runs_prints_ends_and_leaves_no_group()
    {
        await using var bench = await RuntimeBench.StartAsync();
        var (output, exit) = await bench.RunAsync("a", Sandbox.Shell("echo hello; exit 3"));
        Assert.Equal(("hello\n", 3), (output, exit.ExitCode));
        await bench.Runtime.ReleaseAsync("a");
        Assert.All(Sandbox.Host.Cgroups.Legacy, h => Assert.Empty(Directory.GetDirectories(h.MountPoint + bench.CgroupParent)));
    }

    [SkippableFact]
    public async Task An_exec_joins_namespaces_groups_and_root()
    {
        await using var bench = await RuntimeBench.StartAsync();
        await bench.StartAsync("a", Sandbox.Shell("touch /tmp/mark; exec sleep 100"));
        var (output, exit) = await bench.ExecAsync(
            "a",
            "e1",
            Shell("hostname; ls /tmp; cat /proc/1/comm; grep -c a /proc/self/cgroup; readlink /proc/self/cwd; exit 5")
        );
        Assert.Equal(5, exit.ExitCode);
        Assert.Equal("runc\nmark\nsleep", string.Join('\n', output.Split('\n')[..3]));
        Assert.Single(bench.Runtime.Processes("a"));
        var groups = await bench.ExecAsync("a", "e2", Shell("cat /proc/self/cgroup"));
        Assert.Contains($"memory:{(Sandbox.Host.Cgroups.Unified ? "" : "/")}", groups.Output);
    }

    [SkippableFact]
    public async Task An_exec_that_is_not_found_says_so_with_127()
    {
        await using var bench = await RuntimeBench.StartAsync();
        await bench.StartAsync("a", Sandbox.Shell("exec sleep 100"));
        var failure = await Assert.ThrowsAsync<StartFailedException>(() => bench.ExecAsync("a", "e", Shell("") with { Args = ["nosuch"] }));
        Assert.Equal(127, failure.ExitCode);
        Assert.Contains("exec: \"nosuch\": executable file not found in $PATH", failure.Message);
    }

    [SkippableFact]
    public async Task A_start_that_fails_leaves_nothing()
    {
        await using var bench = await RuntimeBench.StartAsync();
        var spec = Sandbox.Shell("");
        var failure = await Assert.ThrowsAsync<StartFailedException>(() =>
            bench.StartAsync("a", spec with { Process = spec.Process! with { Args = ["/etc/passwd"] } })
        );
        Assert.Equal(126, failure.ExitCode);
        Assert.Empty(await bench.Runtime.ListAsync());
        Assert.All(Sandbox.Host.Cgroups.Legacy, h => Assert.Empty(Directory.GetDirectories(h.MountPoint + bench.CgroupParent)));
        Assert.Equal("again\n", (await bench.RunAsync("a", Sandbox.Shell("echo again"))).Output);
    }

    [SkippableFact]
    public async Task A_terminal_is_the_console_and_takes_its_size()
    {
        await using var bench = await RuntimeBench.StartAsync();
        var spec = Sandbox.Shell("tty; ls -l /dev/console /dev/pts/0 | wc -l; [ /dev/console -ef /dev/pts/0 ] && echo same; id -u");
        spec = spec with
        {
            Process = spec.Process! with
            {
                Terminal = true,
                User = new User { Uid = 1000, Gid = 1000 },
            },
        };
        var (output, exit) = await bench.RunAsync("a", spec);
        Assert.Equal("/dev/pts/0\r\n2\r\nsame\r\n1000\r\n", output);
        Assert.Equal(0, exit.ExitCode);
    }

    [SkippableFact]
    public async Task An_exec_with_a_terminal_has_a_name_inside()
    {
        await using var bench = await RuntimeBench.StartAsync();
        await bench.StartAsync("a", Sandbox.Shell("exec sleep 100"));
        var (output, _) = await bench.ExecAsync("a", "e", Shell("tty") with { Terminal = true });
        Assert.Equal("/dev/pts/0\r\n", output);
    }

    [SkippableFact]
    public async Task Too_much_memory_is_told_as_out_of_memory()
    {
        await using var bench = await RuntimeBench.StartAsync();
        Skip.If(Sandbox.Host.Cgroups.WithController("memory") is null && !Sandbox.Host.Cgroups.Unified, "no memory controller");
        var (_, exit) = await bench.RunAsync(
            "a",
            With(
                Sandbox.Shell("exec dd if=/dev/zero of=/dev/null bs=200M count=1"),
                new LinuxResources
                {
                    Memory = new MemoryLimits { Limit = 16 << 20, Swap = 16 << 20 },
                }
            )
        );
        Assert.True(exit.OutOfMemory);
        Assert.Equal((137, 9), (exit.ExitCode, exit.Signal));
    }

    [SkippableFact]
    public async Task Limits_are_in_force_and_can_be_changed()
    {
        await using var bench = await RuntimeBench.StartAsync();
        await bench.StartAsync(
            "a",
            With(
                Sandbox.Shell("exec sleep 100"),
                new LinuxResources
                {
                    Memory = new MemoryLimits { Limit = 64 << 20 },
                    Cpu = new CpuLimits
                    {
                        Shares = 512,
                        Quota = 50000,
                        Period = 100000,
                    },
                    Pids = new PidsLimit { Limit = 17 },
                }
            )
        );
        var stats = bench.Runtime.Stats("a");
        Assert.Equal((64UL << 20, 17, 1), (stats.Memory.Limit, stats.PidsLimit, stats.PidsCurrent));
        await bench.Runtime.UpdateAsync(
            "a",
            new LinuxResources
            {
                Memory = new MemoryLimits { Limit = 96 << 20 },
                Pids = new PidsLimit { Limit = 18 },
            }
        );
        stats = bench.Runtime.Stats("a");
        Assert.Equal((96UL << 20, 18), (stats.Memory.Limit, stats.PidsLimit));
    }

    [SkippableFact]
    public async Task A_limit_that_the_kernel_refuses_names_its_place_in_the_spec()
    {
        await using var bench = await RuntimeBench.StartAsync();
        var refused = await Assert.ThrowsAsync<InvalidParameterException>(() =>
            bench.StartAsync("a", With(Sandbox.Shell("true"), new LinuxResources { Cpu = new CpuLimits { Cpus = "77-99" } }))
        );
        Assert.Contains("linux.resources.cpu.cpus", refused.Message);
    }

    [SkippableFact]
    public async Task Device_rules_deny_what_they_do_not_allow()
    {
        await using var bench = await RuntimeBench.StartAsync();
        var spec = With(
            Sandbox.Shell("mknod /tmp/kmsg c 1 11 && cat /tmp/kmsg 2>&1 | head -c 200; echo x > /dev/null && echo null ok"),
            new LinuxResources { Devices = [new DeviceRule { Allow = false, Access = "rwm" }] }
        );
        string[] capabilities = ["CAP_MKNOD"];
        spec = spec with
        {
            Process = spec.Process! with
            {
                Capabilities = new CapabilitySets
                {
                    Bounding = capabilities,
                    Effective = capabilities,
                    Permitted = capabilities,
                },
            },
        };
        var (output, _) = await bench.RunAsync("a", spec);
        Assert.Contains("Operation not permitted", output);
        Assert.EndsWith("null ok\n", output);
    }

    [SkippableFact]
    public async Task Pause_stops_and_resume_continues()
    {
        await using var bench = await RuntimeBench.StartAsync();
        await bench.StartAsync("a", Sandbox.Shell("while true; do echo x; sleep 0.01; done"));
        await bench.Runtime.PauseAsync("a");
        var log = $"{bench.ExecRoot}/a.log";
        await Task.Delay(100);
        var before = new FileInfo(log).Length;
        await Task.Delay(200);
        Assert.Equal(before, new FileInfo(log).Length);
        await bench.Runtime.ResumeAsync("a");
        var clock = Stopwatch.StartNew();
        while (new FileInfo(log).Length == before)
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20));
    }

    [SkippableFact]
    public async Task A_new_daemon_finds_containers_and_their_groups()
    {
        await using var bench = await RuntimeBench.StartAsync();
        await bench.StartAsync("a", Sandbox.Shell("exec sleep 100"));
        await bench.RestartAsync();
        var live = Assert.Single(await bench.Runtime.ListAsync());
        Assert.Equal(("a", null), (live.Key, live.Exit));
        Assert.Equal([live.Pid], bench.Runtime.Processes("a"));
        Assert.Equal("in\n", (await bench.ExecAsync("a", "e", Shell("echo in"))).Output);
    }

    [SkippableFact]
    public async Task A_container_may_join_anothers_pid_and_network_namespaces()
    {
        await using var bench = await RuntimeBench.StartAsync();
        var first = await bench.StartAsync("a", Sandbox.Shell("exec sleep 100"));
        var spec = Sandbox.Shell("cat /proc/1/comm; echo $$");
        spec = spec with
        {
            Linux = spec.Linux! with
            {
                Namespaces =
                [
                    .. spec.Linux.Namespaces.Select(n =>
                        n.Type is "pid" or "network" ? n with { Path = $"/proc/{first.Pid}/ns/{(n.Type == "pid" ? "pid" : "net")}" } : n
                    ),
                ],
            },
        };
        var (output, exit) = await bench.RunAsync("b", spec);
        Assert.Equal("sleep\n2\n", output);
        Assert.Equal(0, exit.ExitCode);
    }

    [SkippableFact]
    public async Task A_container_in_a_user_namespace_is_root_inside_and_nobody_outside()
    {
        await using var bench = await RuntimeBench.StartAsync();
        var spec = Sandbox.Shell(
            "id -u; cat /proc/self/uid_map | awk '{print $1,$2,$3}'; echo x > /dev/null && echo dev; touch /dev/shm/x && stat -c %u /dev/shm/x; cat /proc/self/setgroups; exec sleep 100"
        );
        IdMapping[] map =
        [
            new()
            {
                ContainerID = 0,
                HostID = 200000,
                Size = 65536,
            },
        ];
        spec = spec with
        {
            Linux = spec.Linux! with
            {
                Namespaces = [.. spec.Linux.Namespaces, new LinuxNamespace { Type = "user" }],
                UidMappings = map,
                GidMappings = map,
            },
        };
        var started = await bench.StartAsync("a", spec);
        var clock = Stopwatch.StartNew();
        var log = "";
        while (!log.Contains("allow") && clock.Elapsed < TimeSpan.FromSeconds(20))
            log = File.ReadAllText($"{bench.ExecRoot}/a.log");
        Assert.Equal(
            ["0", "0 200000 65536", "dev", "0", "allow"],
            log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('"')[3].Replace("\\n", ""))
        );
        Assert.Contains("Uid:\t200000\t200000", File.ReadAllText($"/proc/{started.Pid}/status"));
        var (output, _) = await bench.ExecAsync("a", "e", Shell("id -u; hostname"));
        Assert.Equal("0\nrunc\n", output);
    }

    [SkippableFact]
    public async Task The_default_filter_allows_ordinary_work_and_refuses_the_rest()
    {
        await using var bench = await RuntimeBench.StartAsync();
        var spec = Sandbox.Shell("grep Seccomp: /proc/self/status; unshare -U true 2>&1; echo ok | cat");
        spec = spec with
        {
            Linux = spec.Linux! with { Seccomp = new SeccompCatalog().Default(spec.Process!.Capabilities!.Bounding!.ToArray()) },
        };
        var (output, _) = await bench.RunAsync("a", spec);
        Assert.StartsWith("Seccomp:\t2\n", output);
        Assert.Contains("Operation not permitted", output);
        Assert.EndsWith("ok\n", output);
    }

    [SkippableFact]
    public async Task Control_groups_of_the_container_are_visible_read_only()
    {
        await using var bench = await RuntimeBench.StartAsync();
        var spec = Sandbox.Shell(
            "ls /sys/fs/cgroup | wc -l; mkdir /sys/fs/cgroup/memory/x 2>&1 | grep -c Read-only; cat /sys/fs/cgroup/pids/pids.max"
        );
        spec = With(spec, new LinuxResources { Pids = new PidsLimit { Limit = 23 } });
        spec = spec with { Mounts = Pier.Runtime.Commands.BundleTemplate.Default().Mounts };
        Skip.If(Sandbox.Host.Cgroups.Unified, "cgroup v1 files");
        Assert.EndsWith("1\n23\n", (await bench.RunAsync("a", spec)).Output);
        var host = spec with { Linux = spec.Linux! with { Namespaces = [.. spec.Linux.Namespaces.Where(n => n.Type != "cgroup")] } };
        Assert.EndsWith("1\n23\n", (await bench.RunAsync("b", host)).Output);
    }

    [SkippableFact]
    public async Task Binds_keep_their_options_and_files_are_bound_to_files()
    {
        await using var bench = await RuntimeBench.StartAsync();
        var source = Directory.CreateDirectory(bench.ExecRoot + "/source").FullName;
        File.WriteAllText(source + "/file", "content\n");
        var spec = Sandbox.Shell(
            "touch /data/x 2>&1 | grep -c Read-only; cat /etc/bound; touch /rw/y; cat /proc/self/mountinfo | grep ' /data ' | grep -c nosuid"
        );
        spec = spec with
        {
            Mounts =
            [
                .. spec.Mounts,
                new Mount
                {
                    Destination = "/data",
                    Type = "bind",
                    Source = source,
                    Options = ["rbind", "ro", "nosuid"],
                },
                new Mount
                {
                    Destination = "/etc/bound",
                    Type = "bind",
                    Source = source + "/file",
                    Options = ["rbind"],
                },
                new Mount
                {
                    Destination = "/rw",
                    Type = "bind",
                    Source = source,
                    Options = ["rbind", "rprivate"],
                },
            ],
        };
        Assert.Equal("1\ncontent\n1\n", (await bench.RunAsync("a", spec)).Output);
        Assert.True(File.Exists(source + "/y"));
    }
}
