using Deployment.Providers.Docker.Cli;
using Deployment.Providers.Docker.Containers;

namespace Deployment.Providers.Docker.Tests.Containers;

public sealed class ContainerListTests
{
    private const string Warning = "WARNING: Error loading config file: open /root/.docker/config.json: permission denied";

    [Test]
    public async Task Of_ToolThatWarns_IsReadAllTheSame()
    {
        string id = new('a', 64);
        var commands = new RecordingCommandRunner();
        commands.When("docker", "ps").Returns($"{id}\n", error: Warning + "\n");
        commands.When("docker", "container", "inspect").Returns(
            $"""["{id}","/web.shop_1.0.0_1.1","web","shop_1.0.0_1","1","20000","3","","r/shop@sha256:{id}","sha256:{id}","running",0,"no","",0,"0001-01-01T00:00:00Z","r/shop:1.0.0",0]""" + "\n",
            error: Warning + "\n");
        var list = new ContainerList(new DockerCli(DockerHost.Local, "docker", commands, TimeSpan.Zero, TimeProvider.System));
        Container container = (await list.OfAsync("web", CancellationToken.None)).Should().ContainSingle().Subject;
        container.Revision.ToString().Should().Be("shop_1.0.0_1");
        container.Port.Should().Be(20000);
        container.Epoch.Should().Be(3);
        container.HasServed.Should().BeTrue();
        commands.Commands[1].Arguments[^1].Should().Be(id);
    }

    [Test]
    public async Task Of_ContainerWithLabelsOfAStranger_IsLeftOut()
    {
        string id = new('a', 64);
        var commands = new RecordingCommandRunner();
        commands.When("docker", "ps").Returns($"{id}\n");
        commands.When("docker", "container", "inspect").Returns($"""["{id}","/x","web","no revision","1","","","","i","sha256:{id}","running",0,"no","",0,"0001-01-01T00:00:00Z","",null]""" + "\n");
        (await new ContainerList(new DockerCli(DockerHost.Local, "docker", commands, TimeSpan.Zero, TimeProvider.System)).OfAsync("web", CancellationToken.None)).Should().BeEmpty();
    }
}
