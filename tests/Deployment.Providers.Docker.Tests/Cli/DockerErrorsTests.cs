using Deployment.Commands;
using Deployment.Providers.Docker.Cli;

namespace Deployment.Providers.Docker.Tests.Cli;

/// <summary>The words are those of docker 28 with daemons 20.10 and later.</summary>
public sealed class DockerErrorsTests
{
    private static readonly Command Pull = Command.Of("docker", "pull", "shop:1");

    [TestCase("Cannot connect to the Docker daemon at unix:///run/none.sock. Is the docker daemon running?", "can't be reached")]
    [TestCase("error during connect: Get \"http://h:2375/v1.50/containers/json\": dial tcp: lookup h: no such host", "can't be reached")]
    [TestCase("permission denied while trying to connect to the Docker daemon socket at unix:///run/docker.sock: connect: permission denied", "may not speak to the Docker daemon")]
    [TestCase("Error response from daemon: manifest for r/nope:1 not found: manifest unknown: manifest unknown", "no such image")]
    [TestCase("Error response from daemon: Head \"http://r/v2/nope/manifests/1\": no basic auth credentials", "docker login")]
    [TestCase("Error response from daemon: unauthorized: authentication required", "docker login")]
    [TestCase("Error response from daemon: Get \"http://127.0.0.1:5199/v2/\": dial tcp 127.0.0.1:5199: connect: connection refused", "from its registry")]
    [TestCase("dial tcp 127.0.0.1:5126: connect: connection refused", "from its registry")]
    [TestCase("Error response from daemon: write /data/x: no space left on device", "disk of h is full")]
    [TestCase("Error response from daemon: Bind for 127.0.0.1:80 failed: port is already allocated", "port is in use")]
    [TestCase("Error response from daemon: Conflict. The container name \"/one\" is already in use by container \"56\".", "Remove or rename it")]
    public void Of_KnownWords_SayWhatToDoAndWhatWasSaid(string error, string expected)
    {
        DeploymentException shown = DockerErrors.Of(DockerHost.At("unix:///h") with { }, Pull, Failed(error));
        shown.Message.Should().Contain(expected.Replace(" h ", " unix:///h ", StringComparison.Ordinal)).And.Contain(error).And.Contain("docker pull shop:1");
    }

    [Test]
    public void Of_UnknownWords_ShowsThemWithTheExitCode() =>
        DockerErrors.Of(DockerHost.Local, Pull, Failed("something else")).Message.Should().Be("On the local daemon `docker pull shop:1` ended with exit code 1: something else");

    [TestCase("Cannot connect to the Docker daemon at unix:///run/none.sock. Is the docker daemon running?", true)]
    [TestCase("error during connect: Post \"http://%2Fx/v1.41/containers/create\": EOF", true)]
    [TestCase("Error response from daemon: Get \"http://127.0.0.1:5199/v2/\": dial tcp 127.0.0.1:5199: connect: connection refused", false)]
    [TestCase("dial tcp 127.0.0.1:5126: connect: connection refused", false)]
    [TestCase("Error response from daemon: No such image: shop:1", false)]
    public void IsUnreachable_TellsADaemonThatIsGoneFromARegistryThatIs(string error, bool expected) => DockerErrors.IsUnreachable(Failed(error)).Should().Be(expected);

    [TestCase("Error response from daemon: task dab60e461eeada: already exists", true)]
    [TestCase("Error response from daemon: id already in use", true)]
    [TestCase("Error response from daemon: network x: already exists", false)]
    [TestCase("Error response from daemon: Error starting userland proxy: listen tcp4 127.0.0.1:18081: bind: address already in use", false)]
    public void IsHalfStarted_TellsWhatARestartedDaemonHasLost(string error, bool expected) => DockerErrors.IsHalfStarted(Failed(error)).Should().Be(expected);

    private static CommandResult Failed(string error) => new(1, "", error, TimeSpan.Zero);
}
