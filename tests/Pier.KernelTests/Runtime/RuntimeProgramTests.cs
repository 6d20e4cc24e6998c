using System.Diagnostics;
using System.Text.Json;
using Pier.KernelTests.Supervisor;
using Pier.Model.Runtime;
using Process = System.Diagnostics.Process;

namespace Pier.KernelTests.Runtime;

/// <summary>"pier runtime" as engines call it: a process a command, a bundle on disk.</summary>
public sealed class RuntimeProgramTests : IDisposable
{
    readonly string _directory = Directory.CreateTempSubdirectory("pier-bundle-").FullName;
    readonly Sandbox _sandbox = new();

    string Group => "/" + Path.GetFileName(_directory);

    public void Dispose()
    {
        if (Directory.Exists(_directory + "/state"))
            foreach (var id in Directory.GetDirectories(_directory + "/state").Select(Path.GetFileName))
                Pier("delete", "--force", id!);
        foreach (var hierarchy in Sandbox.Host.Cgroups.Hierarchies)
            if (Directory.Exists(hierarchy.MountPoint + Group))
                Directory.Delete(hierarchy.MountPoint + Group);
        _sandbox.Dispose();
        Directory.Delete(_directory, true);
    }

    void Bundle(string script, Func<Spec, Spec>? change = null)
    {
        var spec = Sandbox.Shell(script);
        spec = spec with
        {
            Root = new Root { Path = _sandbox.Root },
            Linux = spec.Linux! with { CgroupsPath = Group + "/c" },
        };
        File.WriteAllBytes(
            _directory + "/config.json",
            JsonSerializer.SerializeToUtf8Bytes(change is null ? spec : change(spec), RuntimeJson.Default.Spec)
        );
    }

    (string Output, int ExitCode) Pier(params string[] arguments) =>
        Shell($"exec \"$0\" \"$@\" </dev/null >{_directory}/out 2>&1", arguments);

    /// <summary>Through a file: a container that goes on living holds a pipe open.</summary>
    (string Output, int ExitCode) Shell(string script, params string[] arguments)
    {
        var pier = SupervisorHost.Command();
        Skip.If(pier is null, "no pier program: set PIER_BINARY or build src/Pier");
        var start = new ProcessStartInfo(
            "timeout",
            [
                "-k",
                "5",
                "60",
                "sh",
                "-c",
                script,
                pier,
                "runtime",
                "--root",
                _directory + "/state",
                "--log",
                _directory + "/log",
                "--log-format",
                "json",
                .. arguments,
            ]
        )
        {
            WorkingDirectory = _directory,
            Environment = { ["DOTNET_ROLL_FORWARD"] = "Major" },
        };
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return (File.ReadAllText(_directory + "/out"), process.ExitCode);
    }

    string Status(string id) => JsonDocument.Parse(Pier("state", id).Output).RootElement.GetProperty("status").GetString()!;

    [SkippableFact]
    public void A_life_from_create_to_delete()
    {
        Bundle("echo started; exec sleep 100");
        var (output, code) = Pier("create", "--pid-file", _directory + "/pid", "c1");
        Assert.True(code == 0, output);
        Assert.Equal("created", Status("c1"));
        var pid = File.ReadAllText(_directory + "/pid");
        Assert.True(Directory.Exists($"/proc/{pid}"));
        Assert.Equal(("container with given ID already exists\n", 1), Pier("create", "c1"));
        Assert.Equal(0, Pier("start", "c1").ExitCode);
        Assert.Equal("running", Status("c1"));
        Assert.Equal(("cannot start an already running container\n", 1), Pier("start", "c1"));
        Assert.Equal(("in\n", 9), Pier("exec", "c1", "sh", "-c", "echo in; exit 9"));
        Assert.Equal(255, Pier("exec", "c1", "nosuch").ExitCode);
        Assert.Equal($"[{pid}]\n", Pier("ps", "--format", "json", "c1").Output);
        Assert.Equal(0, Pier("pause", "c1").ExitCode);
        Assert.Equal("paused", Status("c1"));
        Assert.Equal(0, Pier("resume", "c1").ExitCode);
        Assert.Equal(0, Pier("update", "--pids-limit", "33", "c1").ExitCode);
        Assert.Equal(
            33,
            JsonDocument
                .Parse(Pier("events", "--stats", "c1").Output)
                .RootElement.GetProperty("data")
                .GetProperty("pids")
                .GetProperty("limit")
                .GetInt32()
        );
        Assert.Equal(1, Pier("delete", "c1").ExitCode);
        Assert.Equal(0, Pier("kill", "c1", "SIGKILL").ExitCode);
        for (var i = 0; i < 500 && Status("c1") != "stopped"; i++)
            Thread.Sleep(10);
        Assert.Equal(("container not running\n", 1), Pier("kill", "c1"));
        Assert.Equal(0, Pier("delete", "c1").ExitCode);
        Assert.Equal(("container does not exist\n", 1), Pier("state", "c1"));
        Assert.All(Sandbox.Host.Cgroups.Legacy, h => Assert.False(Directory.Exists(h.MountPoint + Group + "/c")));
    }

    [SkippableFact]
    public void Run_gives_the_output_and_the_exit_code()
    {
        Bundle("echo out; exit 7");
        Assert.Equal(("out\n", 7), Pier("run", "c1"));
        Assert.Equal("", Pier("list", "-q").Output);
    }

    [SkippableFact]
    public void A_failed_create_tells_the_log_and_leaves_nothing()
    {
        Bundle("", s => s with { Process = s.Process! with { Args = ["nosuch"] } });
        Assert.Equal(1, Pier("create", "c1").ExitCode);
        var entry = JsonDocument.Parse(File.ReadLines(_directory + "/log").Last()).RootElement;
        Assert.Equal("error", entry.GetProperty("level").GetString());
        Assert.Contains("exec: \"nosuch\": executable file not found in $PATH", entry.GetProperty("msg").GetString());
        Assert.Empty(Directory.GetDirectories(_directory + "/state"));
        Assert.All(Sandbox.Host.Cgroups.Legacy, h => Assert.False(Directory.Exists(h.MountPoint + Group + "/c")));
    }

    [SkippableTheory]
    [InlineData("../c")]
    [InlineData("a/b")]
    [InlineData("")]
    public void Ids_that_are_no_names_are_refused(string id)
    {
        Bundle("true");
        Assert.Equal(("invalid container ID format\n", 1), Pier("create", id));
    }

    [SkippableFact]
    public void Hooks_run_at_their_time_with_the_state_on_stdin()
    {
        Hook Writes(string name) =>
            new() { Path = "/bin/sh", Args = ["sh", "-c", $"(echo {name}; grep -o '\"status\":\"[a-z]*\"' ) >> {_directory}/hooks"] };
        Bundle(
            "exec sleep 100",
            s =>
                s with
                {
                    Hooks = new Hooks
                    {
                        Prestart = [Writes("prestart")],
                        CreateRuntime = [Writes("createRuntime")],
                        CreateContainer =
                        [
                            new() { Path = "/bin/sh", Args = ["sh", "-c", $"readlink /proc/self/ns/mnt > {_directory}/ns"] },
                        ],
                        StartContainer = [new() { Path = "/bin/sh", Args = ["sh", "-c", "hostname > /tmp/hook"] }],
                        Poststart = [Writes("poststart")],
                        Poststop = [Writes("poststop")],
                    },
                }
        );
        var (output, code) = Pier("create", "c1");
        Assert.True(code == 0, output);
        Assert.Equal(0, Pier("start", "c1").ExitCode);
        Assert.Equal(("runc\n", 0), Pier("exec", "c1", "cat", "/tmp/hook"));
        Assert.Equal(0, Pier("delete", "-f", "c1").ExitCode);
        Assert.Equal(
            [
                "prestart",
                "\"status\":\"creating\"",
                "createRuntime",
                "\"status\":\"creating\"",
                "poststart",
                "\"status\":\"running\"",
                "poststop",
                "\"status\":\"stopped\"",
            ],
            File.ReadAllLines(_directory + "/hooks")
        );
        Assert.NotEqual(new FileInfo("/proc/self/ns/mnt").LinkTarget, File.ReadAllText(_directory + "/ns").Trim());
    }

    [SkippableFact]
    public void A_hook_that_fails_ends_the_create()
    {
        Bundle("true", s => s with { Hooks = new Hooks { CreateRuntime = [new() { Path = "/bin/false" }] } });
        var (output, code) = Pier("create", "c1");
        Assert.Equal(1, code);
        Assert.Contains("error running createRuntime hook #0: exit 1", output);
        Assert.Empty(Directory.GetDirectories(_directory + "/state"));
    }

    [SkippableFact]
    public void Preserved_descriptors_reach_the_process_and_no_others()
    {
        Bundle("cat <&3; ls /proc/self/fd | wc -l");
        var (output, code) = Shell(
            $"echo kept >{_directory}/kept; exec \"$0\" \"$@\" </dev/null >{_directory}/out 2>&1 3<{_directory}/kept",
            "run",
            "--preserve-fds",
            "1",
            "c1"
        );
        Assert.Equal(("kept\n5\n", 0), (output, code));
    }

    [SkippableFact]
    public void Spec_features_and_version_answer()
    {
        Assert.Equal(0, Pier("spec").ExitCode);
        Assert.Contains("\"ociVersion\": \"1.2.0\"", File.ReadAllText(_directory + "/config.json"));
        Assert.Equal(1, Pier("spec").ExitCode);
        var features = JsonDocument.Parse(Pier("features").Output).RootElement;
        Assert.Contains("CAP_CHOWN", features.GetProperty("linux").GetProperty("capabilities").EnumerateArray().Select(c => c.GetString()));
        Assert.StartsWith("pier version ", Pier("--version").Output);
        Assert.Equal(3, Pier("nosuch").ExitCode);
        Assert.Equal(1, Pier("--systemd-cgroup", "create", "c1").ExitCode);
    }
}
