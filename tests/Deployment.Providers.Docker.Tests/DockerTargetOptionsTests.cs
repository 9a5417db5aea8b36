using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Docker.Tests;

public sealed class DockerTargetOptionsTests
{
    private static readonly Observation Seen = new() { Target = "web" };

    [Test]
    public void Behind_EverythingWrong_IsToldAtOnce()
    {
        FluentActions.Invoking(() => DockerTarget.Behind(new FakeRouter(), "-", docker =>
        {
            docker.Instances = 65;
            docker.ContainerPort = 0;
            docker.FirstPort = 80;
            docker.Pull = (ImagePull)9;
            docker.PullTimeout = TimeSpan.Zero;
            docker.HealthPath = "health";
            docker.StopGrace = TimeSpan.FromDays(2);
            docker.RestartPolicy = "no";
            docker.Volumes.Add(new DockerVolume("a,b", "relative"));
            docker.Networks.Add("--net");
            docker.MemoryLimit = 1;
            docker.CpuLimit = double.NaN;
            docker.User = "-u";
            docker.SecretsFolder = "/";
            docker.KeptRevisions = -1;
            docker.DaemonTimeout = TimeSpan.FromSeconds(-1);
            docker.Program = " ";
            docker.Hosts.Add(DockerHost.Context("a", "not a host"));
            docker.Hosts.Add(DockerHost.Context("a"));
        })).Should().Throw<DeploymentValidationException>().Which.Errors.Should().HaveCount(22);
    }

    [TestCase("http://h")]
    [TestCase("unix://")]
    [TestCase("tcp://")]
    [TestCase("ssh://h\n")]
    [TestCase("-H")]
    [TestCase("ssh://a b")]
    public void Host_AddressThatIsNone_IsRefused(string uri) => FluentActions.Invoking(() => DockerHost.At(uri)).Should().Throw<DeploymentException>();

    [Test]
    public void Host_NameWithoutBindAddress_IsRefused() =>
        FluentActions.Invoking(() => DockerTarget.Workers("jobs", docker => docker.Hosts.Add(DockerHost.At("ssh://ops@web-1")))).Should().Throw<DeploymentValidationException>().WithMessage("*BindAddress*");

    [Test]
    public void Behind_MoreInstancesThanTheRouterTakes_IsRefused() =>
        FluentActions.Invoking(() => DockerTarget.Behind(new FakeRouter { MaxInstances = 2 }, "web", docker => docker.Instances = 3)).Should().Throw<DeploymentValidationException>().WithMessage("*takes 2 instances*");

    [Test]
    public void Capability_WithoutRouter_IsThatOfOneRevisionAtATime()
    {
        DockerTarget workers = DockerTarget.Workers("jobs");
        workers.Capability<ISplitTraffic>(Seen).Should().BeNull();
        workers.Capability<IHostRevisions>(Seen).Should().BeNull();
        workers.Capability<IReachRevisions>(Seen).Should().BeNull();
        workers.Capability<IUpdateInPlace>(Seen).Should().NotBeNull();
        workers.Capability<IReplaceInstances>(Seen).Should().NotBeNull();
        DockerTarget routed = DockerTarget.Behind(new FakeRouter { TakesTesters = true }, "web");
        routed.Capability<ISplitTraffic>(Seen)!.Limits.Splits.Should().BeTrue();
        routed.Capability<IRouteTesters>(Seen).Should().NotBeNull();
        routed.Capability<IPreviewRevisions>(Seen).Should().BeNull();
        routed.Capability<IHostRevisions>(Seen).Should().BeSameAs(routed);
    }

    [Test]
    public void SurgeSlots_OfAPortThatOneContainerHas_AreNone()
    {
        DockerTarget.Publishing(80, "web").SurgeSlots.Should().BeEmpty();
        DockerTarget.Workers("jobs", docker => docker.Instances = 2).SurgeSlots.Should().Equal("3", "4");
    }

    [Test]
    public void Refuses_WhatIsNoImage_SaysWhatItTakes()
    {
        DockerTarget target = DockerTarget.Workers("jobs");
        target.Refuses(Artifact.Process("dotnet")).Should().Contain("Artifact.Image");
        target.Refuses(Artifact.Image("--privileged")).Should().Contain("no reference of an image");
        target.Refuses(Artifact.Image("shop:1") with { Sha256 = "abc" }).Should().Contain("64 hexadecimal digits");
        target.Refuses(Artifact.Image("shop:1")).Should().BeNull();
    }
}
