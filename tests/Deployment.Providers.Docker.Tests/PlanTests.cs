using Deployment.Commands;
using Deployment.Releases;
using Deployment.Runbooks;

namespace Deployment.Providers.Docker.Tests;

/// <summary>A plan for Docker without Docker, as docs/providers/docker.md shows it.</summary>
[Category("Unit")]
public sealed class PlanTests
{
    private static readonly string Digest = new('d', 64);
    private static readonly string Id = new('1', 64);

    [Test]
    public async Task Plan_TagOnAnEmptyHost_NamesItsDigestAndChangesNothing()
    {
        #region docker-plan
        var commands = new RecordingCommandRunner();
        commands.When("docker", "pull").Returns();
        commands.When("docker", "image", "inspect").Returns($"""["sha256:{Id}",["registry.example.com/shop@sha256:{Digest}"]]""");
        commands.When("docker", "ps").Returns();    // a host without containers
        var router = new FakeRouter();
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(DockerTarget.Behind(router, "web", docker => docker.Instances = 2))
            .UseBlueGreen()
            .UseStore(new InMemoryDeploymentStore())
            .UseCommands(commands)
            .Build();

        Runbook runbook = await pipeline.PlanAsync(Release.Of("shop", "2.4.0", Artifact.Image("registry.example.com/shop:2.4.0")));

        Assert.That(runbook.ToMarkdown(), Does.Contain($"registry.example.com/shop@sha256:{Digest}"));
        Assert.That(commands.Commands, Has.None.Matches<Command>(command => command.Arguments[0] is "create" or "start"));
        Assert.That(router.Applied, Is.Empty);
        #endregion
    }
}
