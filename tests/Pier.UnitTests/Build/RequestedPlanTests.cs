using Pier.Build.Graph;
using Pier.Model;

namespace Pier.UnitTests.Build;

/// <summary>What a build's options make of a plan: named contexts, platforms, no cache.</summary>
public class RequestedPlanTests
{
    [Fact]
    public void Contexts_by_name_take_the_place_of_stages_and_images()
    {
        var contexts = new Dictionary<string, Pier.Build.Frontend.NamedContext>
        {
            ["alpine"] = new("docker-image://busybox:1"),
            ["src"] = new("local:src") { Excludes = ["*.o"] },
            ["build"] = new("docker-image://prebuilt"),
            ["lib"] = new("https://h/lib.git#v2"),
        };
        var planning = new Planning();
        var plan = planning.Plan(
            "FROM missing AS build\nRUN never\nFROM alpine\nCOPY --from=src / /s\nCOPY --from=build / /b\nCOPY --from=lib / /l\n",
            i => i with { NamedContexts = contexts }
        );
        Assert.Equal(["busybox:1 linux/amd64", "prebuilt linux/amd64"], planning.Asked.Order());
        Assert.Equal(["*.o"], Planning.All(plan.Root).OfType<LocalSource>().Single().Excludes);
        Assert.Equal("v2", Planning.All(plan.Root).OfType<GitSource>().Single().Reference);
    }

    [Fact]
    public void Platforms_are_those_of_the_stage()
    {
        var planning = new Planning();
        var plan = planning.Plan(
            "FROM --platform=$BUILDPLATFORM go AS build\nARG TARGETARCH\nRUN x\nFROM --platform=linux/arm/v7 other\nFROM run\nCOPY --from=build / /\n",
            i => i with { Platform = Platform.Parse("linux/arm64") }
        );
        Assert.Equal(["go linux/amd64", "run linux/arm64"], planning.Asked.Order());
        Assert.Contains("TARGETARCH=arm64", Planning.All(plan.Root).OfType<RunStep>().Single().Environment);
        Assert.Equal("linux/arm64", plan.Platform.ToString());
    }

    [Fact]
    public void The_cache_is_passed_by_where_the_user_says_so()
    {
        var plan = Planning.Of("FROM b AS x\nRUN a\nFROM b\nRUN c\nCOPY --from=x / /\n", i => i with { NoCacheFilter = ["X"] });
        Assert.Equal([true, false], Planning.All(plan.Root).OfType<RunStep>().Select(r => r.IgnoreCache).OrderDescending());
        Assert.All(
            Planning
                .All(Planning.Of("FROM b\nRUN a\nCOPY a b\n", i => i with { NoCache = true }).Root)
                .Where(v => v is RunStep or FileStep),
            v => Assert.True(v.IgnoreCache)
        );
    }
}
