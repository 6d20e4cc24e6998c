using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Mounts;
using Pier.Model;
using Pier.Model.Runtime;
using Pier.Runtime.Compile;

namespace Pier.KernelTests.Runtime;

/// <summary>Images and specs that try to get out of the container, or to undo what hides the host.</summary>
public sealed class AttackTests : IDisposable
{
    readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    string Output(Spec spec, LaunchFacts? facts = null, IReadOnlyDictionary<string, SafeFileHandle>? imports = null) =>
        _sandbox.Run(spec, facts, imports).Output;

    void Replace(string directory, string target)
    {
        Directory.Delete(Path.Combine(_sandbox.Root, directory));
        Directory.CreateSymbolicLink(Path.Combine(_sandbox.Root, directory), target);
    }

    [Theory]
    [InlineData("proc")]
    [InlineData("sys")]
    [InlineData("dev")]
    public void A_system_directory_that_is_a_symlink_is_refused(string directory)
    {
        Replace(directory, "/tmp");
        var failure = Assert.Throws<LaunchFailedException>(() => _sandbox.Run(Sandbox.Shell("true")));
        Assert.StartsWith("mounts[", failure.Message);
    }

    [Theory]
    [InlineData("/proc")]
    [InlineData("/proc/sys")]
    [InlineData("//proc/../proc/./self")]
    public void A_volume_over_proc_is_refused(string destination)
    {
        var spec = Sandbox.Shell("true");
        spec = spec with
        {
            Mounts =
            [
                .. spec.Mounts,
                new Mount
                {
                    Destination = destination,
                    Type = "bind",
                    Source = "/tmp",
                    Options = ["bind"],
                },
            ],
        };
        var facts = new LaunchFacts
        {
            Key = "x",
            Mounts = new Dictionary<int, PreparedMount> { [spec.Mounts.Count - 1] = new(true) },
        };
        Assert.Throws<InvalidParameterException>(() => SpecCompiler.Compile(spec, Sandbox.Host, facts));
    }

    [Fact]
    public void A_volume_that_an_images_symlink_leads_to_proc_is_covered_by_the_real_one()
    {
        Directory.CreateSymbolicLink(Path.Combine(_sandbox.Root, "data"), "/proc");
        var source = Directory.CreateTempSubdirectory("pier-volume-");
        File.WriteAllText(Path.Combine(source.FullName, "fake"), "");
        var spec = Sandbox.Shell("ls /proc/fake 2>&1; cat /proc/self/comm; echo x > /proc/sys/kernel/hostname && echo written");
        // Before the proc mount and after it.
        foreach (var first in (bool[])[true, false])
        {
            var mount = new Mount
            {
                Destination = "/data",
                Type = "bind",
                Options = ["bind"],
            };
            var changed = spec with { Mounts = first ? [mount, .. spec.Mounts] : [.. spec.Mounts, mount] };
            var index = first ? 0 : spec.Mounts.Count;
            using var volume = DetachedMount.Bind(source.FullName, false);
            var output = Output(
                changed,
                new LaunchFacts
                {
                    Key = "x",
                    Mounts = new Dictionary<int, PreparedMount> { [index] = new(true) },
                },
                new Dictionary<string, SafeFileHandle> { [$"mount.{index}"] = volume }
            );
            Assert.Contains("No such file", output);
            Assert.Contains("cat", output);
            Assert.DoesNotContain("written", output);
        }
        source.Delete(true);
    }

    [Fact]
    public void The_entry_point_cannot_be_the_engines_own_binary()
    {
        File.CreateSymbolicLink(Path.Combine(_sandbox.Root, "evil"), "/proc/self/exe");
        foreach (var command in (string[])["/evil", "/proc/self/exe", "/proc/self/fd/3"])
        {
            var spec = Sandbox.Shell("");
            Assert.Throws<LaunchFailedException>(() => _sandbox.Run(spec with { Process = spec.Process! with { Args = [command] } }));
        }
    }

    [Fact]
    public void A_mount_target_through_a_magic_link_is_refused_and_nothing_is_made_on_the_host()
    {
        Directory.CreateSymbolicLink(Path.Combine(_sandbox.Root, "out"), "/proc/self/fd");
        var spec = Sandbox.Shell("true");
        for (var fd = 3; fd < 20; fd++)
        {
            var changed = spec with
            {
                Mounts =
                [
                    .. spec.Mounts,
                    new Mount
                    {
                        Destination = $"/out/{fd}/made",
                        Type = "tmpfs",
                        Source = "tmpfs",
                    },
                ],
            };
            try
            {
                _sandbox.Run(changed);
            }
            catch (LaunchFailedException)
            {
                // Refused, or made inside the image's own /proc directory.
            }
            Assert.False(Directory.Exists($"/proc/self/fd/{fd}/made"));
        }
    }

    [Fact]
    public void A_target_that_climbs_stays_inside()
    {
        var spec = Sandbox.Shell("stat -f -c %T /etc/inside");
        spec = spec with
        {
            Mounts =
            [
                .. spec.Mounts,
                new Mount
                {
                    Destination = "/../../../etc/inside",
                    Type = "tmpfs",
                    Source = "tmpfs",
                },
            ],
        };
        Assert.Equal("tmpfs", Output(spec).Trim());
        Assert.False(Directory.Exists("/etc/inside"));
    }

    [Fact]
    public void Masks_do_not_use_a_dev_null_of_the_image()
    {
        var secret = Path.Combine(_sandbox.Root, "dev/null");
        File.WriteAllText(secret, "of the image");
        Assert.Equal("0", Output(Sandbox.Shell("cat /proc/keys | wc -c")).Trim());
    }

    [Fact]
    public void Nothing_said_about_capabilities_gives_none()
    {
        var spec = Sandbox.Shell("grep -E 'Cap(Prm|Eff|Bnd|Amb)' /proc/self/status");
        var output = Output(spec with { Process = spec.Process! with { Capabilities = null } });
        Assert.All(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => Assert.EndsWith("0000000000000000", l));
    }

    [Fact]
    public void A_mount_swapped_for_a_symlink_while_containers_start_never_lands_on_the_host()
    {
        // CVE-2021-30465: the volume holds the target of another mount, and a second container swaps it.
        var shared = Directory.CreateTempSubdirectory("pier-shared-");
        var target = Path.Combine(shared.FullName, "target");
        using var stop = new CancellationTokenSource();
        var swapper = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    Directory.CreateDirectory(target);
                    Directory.Delete(target);
                    Directory.CreateSymbolicLink(target, "/etc");
                    File.Delete(target);
                }
                catch (IOException)
                {
                    // It was in use.
                }
            }
        });
        var spec = Sandbox.Shell("true");
        spec = spec with
        {
            Mounts =
            [
                .. spec.Mounts,
                new Mount
                {
                    Destination = "/shared",
                    Type = "bind",
                    Options = ["bind"],
                },
                new Mount
                {
                    Destination = "/shared/target",
                    Type = "tmpfs",
                    Source = "tmpfs",
                },
            ],
        };
        var facts = new LaunchFacts
        {
            Key = "x",
            Mounts = new Dictionary<int, PreparedMount> { [spec.Mounts.Count - 2] = new(true) },
        };
        var before = File.ReadAllText("/proc/self/mounts");
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 100 && clock.Elapsed < TimeSpan.FromSeconds(20); i++)
        {
            using var volume = DetachedMount.Bind(shared.FullName, false);
            try
            {
                _sandbox.Run(spec, facts, new Dictionary<string, SafeFileHandle> { [$"mount.{spec.Mounts.Count - 2}"] = volume });
            }
            catch (LaunchFailedException)
            {
                // The race hit: refused.
            }
        }
        stop.Cancel();
        swapper.Wait();
        Assert.DoesNotContain(" /etc tmpfs", File.ReadAllText("/proc/self/mounts"));
        Assert.Equal(
            before.Split('\n').Count(l => l.Contains("/etc")),
            File.ReadAllText("/proc/self/mounts").Split('\n').Count(l => l.Contains("/etc"))
        );
        shared.Delete(true);
    }
}
