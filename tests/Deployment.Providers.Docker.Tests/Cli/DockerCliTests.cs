using Deployment.Commands;
using Deployment.Providers.Docker.Cli;

namespace Deployment.Providers.Docker.Tests.Cli;

public sealed class DockerCliTests
{
    private const string Gone = "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?";

    [Test]
    public void Line_HostByEachOfItsWays_IsWhatAPersonWouldType()
    {
        DockerCli.Line(DockerHost.Local, "docker", "ps").ToString().Should().Be("docker ps");
        DockerCli.Line(DockerHost.Context("prod"), "docker", "ps").ToString().Should().Be("docker --context prod ps");
        DockerCli.Line(DockerHost.At("ssh://ops@10.0.0.5:2222"), "docker", "ps").ToString().Should().Be("docker --host ssh://ops@10.0.0.5:2222 ps");
        DockerCli.Line(DockerHost.At("tcp://h:2376") with { TlsFolder = "/etc/tls", ConfigFolder = "/home/ops/my docker" }, "docker", "ps").ToString()
            .Should().Be("DOCKER_CERT_PATH=/etc/tls DOCKER_CONFIG='/home/ops/my docker' DOCKER_TLS_VERIFY=1 docker --host tcp://h:2376 ps");
    }

    [Test]
    public void Run_DaemonIsRestarted_WaitsAndGoesOn()
    {
        var virtualTime = new VirtualTime();
        ManualClock time = virtualTime.Clock;
        virtualTime.Run(async () =>
        {
            var commands = new RecordingCommandRunner();
            commands.When("docker", "ps").Returns(exitCode: 1, error: Gone).Returns(exitCode: 1, error: Gone).Returns("abc\n");
            var docker = new DockerCli(DockerHost.Local, "docker", commands, TimeSpan.FromSeconds(30), time);
            (await docker.RunAsync(CancellationToken.None, "ps")).Should().Equal("abc");
            commands.Commands.Should().HaveCount(3);
        });
    }

    [Test]
    public void Run_DaemonStaysAway_IsToldWhenPatienceEnds()
    {
        var virtualTime = new VirtualTime();
        ManualClock time = virtualTime.Clock;
        virtualTime.Run(async () =>
        {
            var commands = new RecordingCommandRunner();
            commands.When("docker", "ps").Returns(exitCode: 1, error: Gone);
            long begin = time.GetTimestamp();
            var docker = new DockerCli(DockerHost.Local, "docker", commands, TimeSpan.FromSeconds(30), time);
            await docker.Invoking(cli => cli.RunAsync(CancellationToken.None, "ps")).Should().ThrowAsync<DeploymentException>().WithMessage("*can't be reached*systemctl status docker*");
            time.GetElapsedTime(begin).Should().BeCloseTo(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1));
        });
    }

    [Test]
    public void Run_OfALook_TellsAtOnce()
    {
        var virtualTime = new VirtualTime();
        ManualClock time = virtualTime.Clock;
        virtualTime.Run(async () =>
        {
            var commands = new RecordingCommandRunner();
            commands.When("docker", "ps").Returns(exitCode: 1, error: Gone);
            var docker = new DockerCli(DockerHost.Local, "docker", commands, TimeSpan.Zero, time);
            await docker.Invoking(cli => cli.RunAsync(CancellationToken.None, "ps")).Should().ThrowAsync<DeploymentException>();
            commands.Commands.Should().ContainSingle();
        });
    }
}
