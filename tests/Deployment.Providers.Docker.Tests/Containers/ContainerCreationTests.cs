using System.Collections.Immutable;
using Deployment.Providers.Docker.Containers;
using Deployment.Releases;

namespace Deployment.Providers.Docker.Tests.Containers;

public sealed class ContainerCreationTests
{
    private static readonly string Digest = new('a', 64);

    [Test]
    public void Arguments_EverythingSet_AreOneArgumentAValue()
    {
        ContainerSpec spec = Spec() with
        {
            Environment = ImmutableSortedDictionary<string, string>.Empty.Add("MODE", "--privileged").Add("TEXT", "a\n'b'$(id)"),
            Secrets = ImmutableSortedDictionary<string, string>.Empty.Add("DB_PASSWORD", "SHOP_DB"),
            Volumes = [new DockerVolume("/srv/data", "/data", ReadOnly: true), new DockerVolume("cache", "/cache")],
            Networks = ["front", "back"],
            MemoryBytes = 64 << 20,
            Cpus = 0.5,
            User = "1000:1000",
            ReadOnlyRoot = true,
            HealthCommand = ["/check", "it's up"],
            Command = ["--serve", "$HOME"],
        };
        Creation(spec).Arguments("r/shop@sha256:" + Digest, 20001, 7).Should().Equal(
            "create", "--pull=never", "--name=web.shop_2.4.0_1.2",
            "--label=deployment.target=web", "--label=deployment.application=shop", "--label=deployment.revision=shop_2.4.0_1", "--label=deployment.slot=2",
            "--label=deployment.epoch=7", "--label=deployment.spec=" + ContainerCreation.HashOf(spec), "--label=deployment.image=r/shop:2.4.0",
            "--label=deployment.port=20001", "--label=deployment.address=127.0.0.1:20001",
            "--env=DB_PASSWORD_FILE=/run/secrets/DB_PASSWORD", "--env=MODE=--privileged", "--env=PORT=8080", "--env=TEXT=a\n'b'$(id)",
            "--publish=127.0.0.1:20001:8080",
            "--mount=type=volume,dst=/run/secrets", "--mount=type=bind,src=/srv/data,dst=/data,readonly", "--mount=type=volume,src=cache,dst=/cache", "--network=front",
            "--memory=67108864", "--cpus=0.5", "--user=1000:1000", "--read-only", "--stop-timeout=10",
            "--health-cmd=/check 'it'\\''s up'", "--health-interval=1s", "--health-timeout=5s",
            "r/shop@sha256:" + Digest, "--serve", "$HOME");
    }

    [Test]
    public void Arguments_OfAWorker_PublishNothing() =>
        Creation(Spec() with { Port = null }).Arguments("r/shop", null, 1).Should().NotContain(argument => argument.Contains("publish", StringComparison.Ordinal) || argument.Contains("PORT", StringComparison.Ordinal) || argument.Contains("address", StringComparison.Ordinal));

    [Test]
    public void Arguments_SettingOfThePortsName_IsNotWhatTheContainerIsTold()
    {
        var environment = ImmutableSortedDictionary<string, string>.Empty.Add("PORT", "9999");
        Creation(Spec() with { Environment = environment }).Arguments("r/shop", 20001, 1).Should().Contain("--env=PORT=8080").And.Contain("--publish=127.0.0.1:20001:8080").And.NotContain("--env=PORT=9999");
        Creation(Spec() with { Environment = environment, Port = null }).Arguments("r/shop", null, 1).Should().Contain("--env=PORT=9999", "a worker has no port, so the name is free");
    }

    [Test]
    public void HashOf_AnotherSetting_IsAnother()
    {
        string hash = ContainerCreation.HashOf(Spec());
        ContainerCreation.HashOf(Spec()).Should().Be(hash);
        ContainerCreation.HashOf(Spec() with { MemoryBytes = 64 << 20 }).Should().NotBe(hash);
    }

    [Test]
    public void Name_BuildMetadataAndBaseline_AreNotTheSame()
    {
        string[] names =
        [
            DockerNames.Of("web", new RevisionId("shop", "1.0.0+baseline", 1), "1"),
            DockerNames.Of("web", new RevisionId("shop", "1.0.0", 1, RevisionRole.Baseline), "1"),
            DockerNames.Of("web", new RevisionId("shop", "1.0.0", 1), "1"),
        ];
        names.Should().OnlyHaveUniqueItems().And.OnlyContain(name => DockerNames.IsName(name));
    }

    private static ContainerCreation Creation(ContainerSpec spec) =>
        new() { Target = "web", Revision = RevisionId.Parse("shop_2.4.0_1"), Slot = "2", Host = DockerHost.Local, Spec = spec };

    private static ContainerSpec Spec() => new() { Image = "r/shop:2.4.0", Sha256 = Digest, Port = 8080 };
}
