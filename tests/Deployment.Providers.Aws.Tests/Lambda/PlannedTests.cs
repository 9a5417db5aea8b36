using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>What AWS would refuse is refused when it is planned.</summary>
public sealed class PlannedTests
{
    private LambdaRig _rig = null!;

    [SetUp]
    public void Begin() => _rig = new LambdaRig();

    [TearDown]
    public void End() => _rig.Dispose();

    [Test]
    public void Install_Secrets_AreRefusedByThePlan() =>
        FluentActions.Invoking(() => _rig.Target.Install(_rig.Revision("1.0.0", release => release.WithSecret("DB_PASSWORD", "SHOP_DB")))).Should().Throw<DeploymentException>()
            .WithMessage("*DB_PASSWORD*shows environment variables*");

    [TestCase("1ST", "x", "'1ST' can't be a variable's name")]
    [TestCase("A-B", "x", "'A-B' can't be a variable's name")]
    [TestCase("AWS_REGION", "x", "AWS sets 'AWS_REGION' itself")]
    [TestCase("LARGE", null, "no more than 4096 bytes")]
    public void Install_SettingsThatAwsRefuses_AreRefusedByThePlan(string name, string? value, string expected) =>
        FluentActions.Invoking(() => _rig.Target.Install(_rig.Revision("1.0.0", release => release.WithSetting(name, value ?? new string('x', 4096))))).Should().Throw<DeploymentException>().Which.Message.Should().Contain(expected);

    [TestCase("AWS_SESSION_TOKEN")]
    [TestCase("AWS_ACCESS_KEY_ID")]
    [TestCase("AWS_SECRET_ACCESS_KEY")]
    [TestCase("AWS_DEFAULT_REGION")]
    [TestCase("AWS_LAMBDA_RUNTIME_API")]
    [TestCase("AWS_LAMBDA_LOG_GROUP_NAME")]
    [TestCase("LAMBDA_TASK_ROOT")]
    [TestCase("LAMBDA_RUNTIME_DIR")]
    public void Install_NameThatAwsReserves_IsRefused(string name) =>
        FluentActions.Invoking(() => _rig.Target.Install(_rig.Revision("1.0.0", release => release.WithSetting(name, "x")))).Should().Throw<DeploymentException>().WithMessage($"*AWS sets '{name}' itself*");

    [TestCase("AWS_LAMBDA_EXEC_WRAPPER")]
    [TestCase("TZ")]
    public void Install_NameThatAwsLeavesToUsers_IsTaken(string name) =>
        FluentActions.Invoking(() => _rig.Target.Install(_rig.Revision("1.0.0", release => release.WithSetting(name, "x")))).Should().NotThrow();

    [Test]
    public void Install_SettingsWhoseJsonIsTooLong_AreRefused()
    {
        // Names and values are 4,096 bytes; what AWS measures has quotes, colons and commas besides.
        Func<Release, Release> with = release => Enumerable.Range(0, 64).Aggregate(release, (all, i) => all.WithSetting($"V{i:000}", new string('x', 60)));
        FluentActions.Invoking(() => _rig.Target.Install(_rig.Revision("1.0.0", with))).Should().Throw<DeploymentException>().WithMessage("*4481 bytes*4096 bytes*");
    }

    [Test]
    public void Install_HandlerOrRuntimeOfAnImage_IsRefused([Values] bool handler)
    {
        LambdaTarget target = _rig.Make(options => (options.Handler, options.Runtime) = (handler ? "index.handler" : null, handler ? null : "nodejs22.x"));
        FluentActions.Invoking(() => target.Install(Image())).Should().Throw<DeploymentException>().WithMessage($"*{(handler ? "Handler" : "Runtime")}*image*");
    }

    [Test]
    public void Install_WarmEnvironmentsOfAFunctionWithSnapStart_AreRefused()
    {
        _rig.Stub.SnapStart = "PublishedVersions";
        Revision revision = _rig.Revision("1.0.0");
        LambdaTarget warm = _rig.Make(options => options.ProvisionedConcurrency = 2);
        FluentActions.Invoking(() => warm.Capability<IHostRevisions>(_rig.See(warm))!.Install(revision)).Should().Throw<DeploymentException>().WithMessage("*SnapStart*ProvisionedConcurrency*");
        FluentActions.Invoking(() => _rig.Target.Capability<IHostRevisions>(_rig.See())!.Install(revision)).Should().NotThrow("nothing is kept warm");
    }

    private static Revision Image() => new(
        new RevisionId("shop", "1.0.0", 1),
        Release.Of("shop", "1.0.0", Artifact.Image($"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:{new string('a', 64)}") with { Sha256 = new string('a', 64) }));
}
