using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Pier.Linux.Launch;
using Pier.Linux.Processes;

namespace Pier.KernelTests.Linux.Launch;

/// <summary>Launches while collections are forced: a child that waits for the collector would hang for ever.</summary>
[Collection("launch stress")]
public class StressTests
{
    const ulong Namespaces =
        TestPrograms.NewMount | TestPrograms.NewPid | TestPrograms.NewUts | TestPrograms.NewIpc | TestPrograms.NewCgroup;

    static readonly int Launches = int.Parse(Environment.GetEnvironmentVariable("PIER_STRESS") ?? "1000", CultureInfo.InvariantCulture);

    [Fact]
    public void No_launch_hangs_or_leaks_while_collections_are_forced()
    {
        Exercise(20); // what is opened once is open before counting
        var before = State();
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() => Collect(stop.Token));
        collector.Start();
        Exercise(Launches);
        stop.Cancel();
        collector.Join();
        Assert.Equal(before, State());
    }

    static void Exercise(int count)
    {
        var ok = TestPrograms.Command(["/bin/busybox", "true"], Namespaces);
        var fails = TestPrograms.Command(["/bin/busybox", "false"], Namespaces);
        var breaks = TestPrograms.Command(["/nonexistent"], Namespaces);
        var next = 0;
        var threads = Enumerable
            .Range(0, 4)
            .Select(_ => new Thread(() =>
            {
                using var launcher = new Launcher();
                while (Interlocked.Increment(ref next) is var i && i <= count)
                    Launch(
                        launcher,
                        (i % 10) switch
                        {
                            3 => fails,
                            7 => breaks,
                            _ => ok,
                        },
                        i
                    );
            }))
            .ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            Assert.True(thread.Join(TimeSpan.FromMilliseconds(60_000 + 100 * count)), "a launch hangs");
    }

    static void Launch(Launcher launcher, LaunchProgram program, int number)
    {
        using var loaded = new LoadedProgram(program, Array.Empty<SafeFileHandle>());
        var result = launcher.Launch(loaded);
        Assert.Equal(number % 10 == 7, result.Failed);
        if (result.Failed)
            return;
        using var pidFd = result.PidFd!;
        Assert.Equal(number % 10 == 3 ? 1 : 0, PidFd.Wait(pidFd).Code);
    }

    static void Collect(CancellationToken stop)
    {
        var kept = new object[1000];
        var random = new Random(1);
        while (!stop.IsCancellationRequested)
        {
            for (var i = 0; i < kept.Length; i++)
                kept[random.Next(kept.Length)] = new byte[random.Next(10_000)];
            GC.Collect(random.Next(3), GCCollectionMode.Forced, blocking: true, compacting: random.Next(2) == 0);
        }
    }

    /// <summary>Children of this process, and mounts. Descriptors are counted by what a launch opens: pidfds.</summary>
    static (int Children, int Mounts, int PidFds) State()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var children = Directory
            .GetDirectories("/proc/self/task")
            .Sum(t => File.ReadAllText(t + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        var pidFds = Directory
            .GetFiles("/proc/self/fd")
            .Count(f => new FileInfo(f).LinkTarget?.Contains("pidfd", StringComparison.Ordinal) == true);
        return (children, File.ReadLines("/proc/self/mountinfo").Count(), pidFds);
    }
}

/// <summary>The stress test counts what the whole process has: nothing else runs meanwhile.</summary>
[CollectionDefinition("launch stress", DisableParallelization = true)]
public class LaunchStressCollection;
