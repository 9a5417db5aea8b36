using Deployment.Releases;
using Deployment.Testing;

namespace Deployment.Providers.Local.Tests.Instances;

[Category("Unit")]
public sealed class InstancesOptionsTests
{
    [Test]
    public void Behind_OptionsThatCantBe_AreAllReported() =>
        FluentActions.Invoking(() => LocalTarget.Behind(new FakeRouter { MaxInstances = 16 }, "a b", options =>
        {
            options.StateFolder = "relative";
            options.Instances = 65;
            options.StartTimeout = TimeSpan.Zero;
            options.StopGrace = TimeSpan.FromDays(2);
            options.HealthPath = "health";
            options.LogSize = 5;
        })).Should().Throw<DeploymentValidationException>().Which.Errors.Should().HaveCount(8).And.Contain("router takes 16 instances of a revision, and Instances is 65.");

    [Test]
    public void Behind_OptionsChangedLater_ChangeNothing()
    {
        LocalInstancesOptions? kept = null;
        LocalInstances target = LocalTarget.Behind(new FakeRouter(), "shop", options => kept = options);
        var revision = new Revision(new RevisionId("shop", "1.0.0", 1), Release.Of("shop", "1.0.0", Artifact.Process("shop")));
        var before = target.Install(revision);

        kept!.HealthPath = "/health";

        target.Install(revision).Should().Be(before);
    }

    [Test]
    public void Refuses_OtherKinds_NamesWhatItTakes()
    {
        LocalInstances target = LocalTarget.Behind(new FakeRouter(), "shop");

        target.Refuses(new Artifact { Kind = "image" }).Should().Contain("Artifact.Process");
        target.Refuses(Artifact.Process("shop")).Should().BeNull();
    }
}
