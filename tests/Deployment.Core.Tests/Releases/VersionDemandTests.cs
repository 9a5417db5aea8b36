using Deployment.Releases;

namespace Deployment.Tests.Releases;

/// <summary>Which versions of another application a release goes together with.</summary>
[Category("Unit")]
public sealed class VersionDemandTests
{
    [TestCase("[2.1,3.0)", "2.1.0", true)]
    [TestCase("[2.1,3.0)", "2.10.0", true)]
    [TestCase("[2.1,3.0)", "2.0.9", false)]
    [TestCase("[2.1,3.0)", "3.0.0", false)]
    [TestCase("[2.1,3.0)", "2.1.0-rc.1", false)]
    [TestCase("[2.1,3.0)", "3.0.0-rc.1", false, TestName = "A pre-release of what is excluded has what that will have")]
    [TestCase("[2.1,3.0-rc.2)", "3.0.0-rc.1", true)]
    [TestCase("(2.1,)", "2.1.0", false)]
    [TestCase("(2.1,)", "2.1.1", true)]
    [TestCase("2.1", "7.0.0", true)]
    [TestCase("[2.1.4]", "2.1.4", true)]
    [TestCase("[2.1.4]", "2.1.5", false)]
    [TestCase("(,2.0]", "1.0.0", true)]
    [TestCase("[2.1.4]", "2.1.4+build.7", true)]
    [TestCase("*", "0.0.1-alpha", true)]
    [TestCase("[1.0,)", "1.0.20260101120000", false, TestName = "A part that can't be compared fits no interval")]
    [TestCase("*", "1.0.20260101120000", true)]
    public void Accepts_Range_ByPrecedence(string range, string version, bool accepted) => VersionDemand.Accepts(range, version).Should().Be(accepted);

    [TestCase("")]
    [TestCase("newest")]
    [TestCase("2.*")]
    [TestCase("[3.0,2.0]")]
    [TestCase("(2.0,2.0)")]
    [TestCase("[2.0")]
    [TestCase("[2.0,\u001b[31m)")]
    public void Requires_NoRange_SaysHowToWriteOne(string range) => FluentActions.Invoking(() => Web().Requires("api", range))
        .Should().Throw<DeploymentException>().WithMessage("A release can't require api: '*' is not a range of versions.*[2.1,3.0)*").Which.Message.Should().NotContain("\u001b");

    [Test]
    public void Requires_Itself_IsRefused() => FluentActions.Invoking(() => Web().Requires("shop")).Should().Throw<DeploymentException>().WithMessage("*can't require shop*");

    [Test]
    public void Requires_NoName_IsRefused() => FluentActions.Invoking(() => Web().Requires("../api")).Should().Throw<DeploymentException>().WithMessage("*application name*");

    private static Release Web() => Release.Of("shop", "1.0.0", Artifact.Process("shop"));
}
