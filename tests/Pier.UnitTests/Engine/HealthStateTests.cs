using Pier.Engine.Health;
using Pier.Model;

namespace Pier.UnitTests.Engine;

/// <summary>Health from result to result, with times of the test's own.</summary>
public class HealthStateTests
{
    static readonly DateTimeOffset Start = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    static readonly HealthSettings Settings = new(["true"]) { Retries = 3 };

    static HealthResult At(double seconds, int exitCode) =>
        new(Start.AddSeconds(seconds), Start.AddSeconds(seconds + 0.1), exitCode, $"at {seconds}");

    static string Run(HealthSettings settings, params (double Seconds, int ExitCode)[] results)
    {
        var state = new HealthState(settings, Start);
        return string.Join(
            ' ',
            results.Select(r =>
            {
                var changed = state.Take(At(r.Seconds, r.ExitCode));
                return $"{state.View.Status}:{state.View.FailingStreak}{(changed ? "!" : "")}";
            })
        );
    }

    [Fact]
    public void One_success_is_healthy_and_as_many_failures_as_retries_are_unhealthy() =>
        Assert.Equal(
            "Starting:1 Healthy:0! Healthy:1 Healthy:2 Healthy:0 Healthy:1 Healthy:2 Unhealthy:3! Unhealthy:4 Healthy:0!",
            Run(Settings, (1, 1), (2, 0), (3, 1), (4, -1), (5, 0), (6, 1), (7, 1), (8, 2), (9, 1), (10, 0))
        );

    [Fact]
    public void Failures_in_the_start_period_do_not_count_until_a_success() =>
        Assert.Equal(
            "Starting:0 Starting:0 Starting:1 Starting:2 Unhealthy:3!",
            Run(Settings with { StartPeriod = TimeSpan.FromSeconds(10) }, (1, 1), (9.9, 1), (10, 1), (11, 1), (12, 1))
        );

    [Fact]
    public void After_a_success_the_start_period_is_over() =>
        Assert.Equal("Healthy:0! Unhealthy:1!", Run(Settings with { StartPeriod = TimeSpan.FromSeconds(10), Retries = 1 }, (1, 0), (2, 1)));

    [Fact]
    public void The_last_five_results_are_kept_over_a_restart_too()
    {
        var state = new HealthState(Settings, Start);
        for (var i = 0; i < 7; i++)
            state.Take(At(i, 0));
        Assert.Equal(["at 2", "at 3", "at 4", "at 5", "at 6"], state.View.Log.Select(r => r.Output));
        var next = new HealthState(Settings, Start.AddMinutes(1), state.View);
        Assert.Equal((HealthStatus.Starting, 0, 5), (next.View.Status, next.View.FailingStreak, next.View.Log.Count));
    }

    [Fact]
    public void Probes_come_faster_while_it_starts()
    {
        var state = new HealthState(
            Settings with
            {
                StartPeriod = TimeSpan.FromSeconds(10),
                StartInterval = TimeSpan.FromSeconds(1),
                Interval = TimeSpan.FromSeconds(20),
            },
            Start
        );
        Assert.Equal(1, state.NextDelay(Start.AddSeconds(9)).TotalSeconds);
        Assert.Equal(20, state.NextDelay(Start.AddSeconds(10)).TotalSeconds);
        state.Take(At(2, 0));
        Assert.Equal(20, state.NextDelay(Start.AddSeconds(3)).TotalSeconds);
    }

    [Fact]
    public void Who_is_not_watched_is_unhealthy()
    {
        var state = new HealthState(Settings, Start);
        state.Take(At(1, 0));
        state.Unwatched();
        Assert.Equal(HealthStatus.Unhealthy, state.View.Status);
    }

    [Theory]
    [InlineData("/bin/sh -c a b", "CMD-SHELL", "a b")]
    [InlineData("a b", "CMD", "a", "b")]
    [InlineData(null, "NONE")]
    [InlineData(null, "ODD", "a")]
    [InlineData(null)]
    public void The_test_gives_the_command(string? command, params string[] test)
    {
        var settings = HealthSettings.Of(new ContainerConfig { Healthcheck = new HealthConfig { Test = test } });
        Assert.Equal(command, settings is null ? null : string.Join(' ', settings.Command));
    }

    [Fact]
    public void An_images_own_shell_runs_the_line() =>
        Assert.Equal(
            ["bash", "-ec", "x"],
            HealthSettings
                .Of(
                    new ContainerConfig
                    {
                        Shell = ["bash", "-ec"],
                        Healthcheck = new HealthConfig { Test = ["CMD-SHELL", "x"] },
                    }
                )!
                .Command
        );

    [Fact]
    public void What_is_not_given_is_dockers()
    {
        var settings = HealthSettings.Of(
            new ContainerConfig
            {
                Healthcheck = new HealthConfig
                {
                    Test = ["CMD", "x"],
                    Timeout = 1_500_000_000,
                    Interval = 0,
                },
            }
        )!;
        Assert.Equal(
            (30, 1.5, 0, 5, 3),
            (
                settings.Interval.TotalSeconds,
                settings.Timeout.TotalSeconds,
                settings.StartPeriod.TotalSeconds,
                settings.StartInterval.TotalSeconds,
                settings.Retries
            )
        );
    }

    public static TheoryData<HealthConfig, string> Refused =>
        new()
        {
            {
                new() { Interval = 999_999 },
                "Interval in Healthcheck cannot be less than 1ms"
            },
            {
                new() { Timeout = -1 },
                "Timeout in Healthcheck cannot be less than 1ms"
            },
            {
                new() { Retries = -1 },
                "Retries in Healthcheck cannot be negative"
            },
            {
                new() { StartPeriod = 1 },
                "StartPeriod in Healthcheck cannot be less than 1ms"
            },
            {
                new() { StartInterval = 1 },
                "StartInterval in Healthcheck cannot be less than 1ms"
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_is_refused_in_Dockers_words(HealthConfig health, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidParameterException>(() => HealthRules.Check(health)).Message);
}
