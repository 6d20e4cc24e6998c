using Pier.Engine.Containers;
using Pier.Engine.Mounts;
using Pier.Model;

namespace Pier.UnitTests.Engine.Mounts;

public class MountPlannerTests
{
    static readonly MountPoint Shared = new()
    {
        Type = "volume",
        Name = "shared",
        Source = "/v/shared/_data",
        Destination = "/shared",
        Driver = "local",
        RW = true,
    };

    static ContainerRecord Other(string reference) =>
        reference != "other"
            ? throw new NotFoundException($"No such container: {reference}")
            : new ContainerRecord
            {
                Id = "o",
                Name = "other",
                Created = default,
                Config = new(),
                HostConfig = new(),
                ImageId = "",
                Driver = "",
                Path = "",
                Args = [],
                Mounts = [Shared],
                MountDetails = new() { ["/shared"] = new MountDetail { Anonymous = true } },
            };

    static IReadOnlyList<MountPlan> Plan(HostConfig host, params string[] volumes) =>
        MountPlanner.Plan(host, new ContainerConfig { Volumes = volumes.ToDictionary(v => v, _ => EmptyObject.Instance) }, Other);

    [Fact]
    public void Two_mounts_on_one_place_are_refused() =>
        Assert.Equal(
            "Duplicate mount point: /x",
            Assert.Throws<InvalidParameterException>(() => Plan(new() { Binds = ["/a:/x", "/b:/x/"] })).Message
        );

    [Fact]
    public void A_tmpfs_and_a_volume_on_one_place_are_refused() =>
        Assert.Throws<InvalidParameterException>(() =>
            Plan(
                new()
                {
                    Binds = ["va:/x"],
                    Tmpfs = new() { ["/x"] = "" },
                }
            )
        );

    [Fact]
    public void An_images_VOLUME_gives_way_to_what_the_user_mounts()
    {
        Assert.Equal("bind", Assert.Single(Plan(new() { Binds = ["/a:/data"] }, "/data/")).Point.Type);
        Assert.Empty(Plan(new() { Tmpfs = new() { ["/data"] = "" } }, "/data"));
        Assert.Equal("shared", Assert.Single(Plan(new() { VolumesFrom = ["other"] }, "/shared")).Point.Name);
    }

    [Fact]
    public void Volumes_from_another_container_are_the_same_volumes()
    {
        var plan = Assert.Single(Plan(new() { VolumesFrom = ["other"] }));
        Assert.Equal(("shared", true, true), (plan.Point.Name, plan.Point.RW, plan.Detail.Anonymous));
        Assert.False(Assert.Single(Plan(new() { VolumesFrom = ["other:ro"] })).Point.RW);
        Assert.Equal("bind", Assert.Single(Plan(new() { VolumesFrom = ["other"], Binds = ["/a:/shared"] })).Point.Type);
    }

    [Fact]
    public void Volumes_from_what_is_not_there_or_in_an_odd_mode_are_refused()
    {
        Assert.Throws<NotFoundException>(() => Plan(new() { VolumesFrom = ["nobody"] }));
        Assert.Equal(
            "invalid mode: wo",
            Assert.Throws<InvalidParameterException>(() => Plan(new() { VolumesFrom = ["other:wo"] })).Message
        );
    }

    public static TheoryData<MountRequest, string> Refused =>
        new()
        {
            {
                new() { Type = "volume", Source = "va" },
                "field Target must not be empty"
            },
            {
                new()
                {
                    Type = "volume",
                    Source = "va",
                    Target = "x",
                },
                "invalid mount path: 'x' mount path must be absolute"
            },
            {
                new()
                {
                    Type = "volume",
                    Target = "/x",
                    ReadOnly = true,
                },
                "must not set ReadOnly mode when using anonymous volumes"
            },
            {
                new()
                {
                    Type = "volume",
                    Source = "va",
                    Target = "/x",
                    VolumeOptions = new() { Subpath = "../up" },
                },
                "subpath must be a relative path within the volume"
            },
            {
                new()
                {
                    Type = "tmpfs",
                    Source = "va",
                    Target = "/x",
                },
                "field Source must not be specified"
            },
            {
                new() { Type = "bind", Target = "/x" },
                "field Source must not be empty"
            },
            {
                new()
                {
                    Type = "bind",
                    Source = "rel",
                    Target = "/x",
                },
                "invalid mount path: 'rel' mount path must be absolute"
            },
            {
                new() { Type = "image", Target = "/x" },
                "field Source must not be empty"
            },
            {
                new() { Type = "odd", Target = "/x" },
                "mount type unknown"
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_is_refused_in_Dockers_words(MountRequest mount, string why) =>
        Assert.Equal(
            $"invalid mount config for type \"{mount.Type}\": {why}",
            Assert.Throws<InvalidParameterException>(() => Plan(new() { Mounts = [mount] })).Message
        );

    [Fact]
    public void A_missing_source_of_a_mount_is_an_error_and_of_a_bind_is_made()
    {
        var root = Directory.CreateTempSubdirectory("pier-bind");
        try
        {
            var missing = Path.Combine(root.FullName, "missing");
            var strict = Plan(
                new()
                {
                    Mounts =
                    [
                        new MountRequest
                        {
                            Type = "bind",
                            Source = missing,
                            Target = "/x",
                        },
                    ],
                }
            )[0];
            var error = Assert.Throws<InvalidParameterException>(() => MountMaker.PrepareSource(strict));
            Assert.Equal($"invalid mount config for type \"bind\": bind source path does not exist: {missing}", error.Message);
            Assert.False(Directory.Exists(missing));

            MountMaker.PrepareSource(Plan(new() { Binds = [$"{missing}:/x"] })[0]);
            Assert.True(Directory.Exists(missing));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public void Options_of_another_type_are_refused_in_Dockers_words()
    {
        var refused = Assert.Throws<InvalidParameterException>(() =>
            MountRules.Plan(
                new MountRequest
                {
                    Type = "volume",
                    Source = "va",
                    Target = "/x",
                    BindOptions = new BindOptions(),
                }
            )
        );
        Assert.Equal("BindOptions must not be specified on mount type \"volume\"", refused.Message);
    }

    [Theory]
    [InlineData(true, "exec"), InlineData(true, "noexec"), InlineData(false, "odd"), InlineData(false, "exec", "1", "2"), InlineData(false)]
    public void Options_of_a_tmpfs_are_those_that_Docker_takes(bool good, params string[] option)
    {
        var mount = new MountRequest
        {
            Type = "tmpfs",
            Target = "/x",
            TmpfsOptions = new TmpfsOptions { Options = [option] },
        };
        if (good)
            MountRules.Plan(mount);
        else
            Assert.Throws<InvalidParameterException>(() => MountRules.Plan(mount));
    }
}
