using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.CloudFront;
using Deployment.Providers.Aws.Tests.Support;
using Deployment.Secrets;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.CloudFront;

public sealed class OriginSwitchTests
{
    private readonly VirtualTime _time = new();
    private FakeCloudFront _cloudFront = null!;
    private readonly List<string> _reports = [];

    [SetUp]
    public void Begin()
    {
        _cloudFront = new FakeCloudFront(_time.Clock);
        _reports.Clear();
    }

    [Test]
    public void Switch_AnotherPath_WaitsUntilAllEdgesHaveIt()
    {
        DateTimeOffset begin = _time.Clock.GetUtcNow();

        _time.Run(() => Switch().SwitchAsync("/shop_1.0.0_1", AtItsRoot, Context(), CancellationToken.None));

        _cloudFront.Path.Should().Be("/shop_1.0.0_1");
        (_time.Clock.GetUtcNow() - begin).Should().BeGreaterThanOrEqualTo(_cloudFront.EdgesTake);
        _reports.Should().ContainSingle().Which.Should().Contain("some serve the old files");
    }

    [Test]
    public void Switch_Again_ChangesNothingButWaits()
    {
        _cloudFront.ChangeByHand("/shop_1.0.0_1");
        DateTimeOffset begin = _time.Clock.GetUtcNow();

        _time.Run(() => Switch().SwitchAsync("/shop_1.0.0_1", AtItsRoot, Context(), CancellationToken.None));

        _cloudFront.Updates.Should().Be(0);
        (_time.Clock.GetUtcNow() - begin).Should().BeGreaterThanOrEqualTo(_cloudFront.EdgesTake);
    }

    [Test]
    public void Switch_SomethingElseChangesMeanwhile_ReadsAgainAndSwitches()
    {
        int others = 3;
        _cloudFront.BeforeUpdate = () =>
        {
            if (others-- > 0)
            {
                _cloudFront.ChangeByHand("");
            }
        };

        _time.Run(() => Switch().SwitchAsync("/shop_1.0.0_1", AtItsRoot, Context(), CancellationToken.None));

        _cloudFront.Path.Should().Be("/shop_1.0.0_1");
        _cloudFront.Updates.Should().Be(1);
    }

    [Test]
    public void Switch_SomebodyElseMovesTheOriginMeanwhile_LeavesTheirs()
    {
        _cloudFront.BeforeUpdate = () => _cloudFront.ChangeByHand("/theirs");

        Action run = () => _time.Run(() => Switch().SwitchAsync("/shop_1.0.0_1", AtItsRoot, Context(), CancellationToken.None));

        run.Should().Throw<DeploymentException>().WithMessage("*origin site of E2EXAMPLE is at /theirs*somebody else has moved it*");
        _cloudFront.Path.Should().Be("/theirs");
    }

    [Test]
    public void Switch_SomebodyElseMovesTheOriginWhileEdgesTakeItUp_IsTold()
    {
        using ITimer other = _time.Clock.CreateTimer(_ => _cloudFront.ChangeByHand("/theirs"), null, TimeSpan.FromMinutes(2), Timeout.InfiniteTimeSpan);

        Action run = () => _time.Run(() => Switch().SwitchAsync("/shop_1.0.0_1", AtItsRoot, Context(), CancellationToken.None));

        run.Should().Throw<DeploymentException>().WithMessage("Somebody else has moved the origin site*to /theirs*");
    }

    [Test]
    public void Switch_AlwaysOvertaken_EndsWithTheRace()
    {
        _cloudFront.BeforeUpdate = () => _cloudFront.ChangeByHand("");

        Action run = () => _time.Run(() => Switch().SwitchAsync("/shop_1.0.0_1", AtItsRoot, Context(), CancellationToken.None));

        run.Should().Throw<AwsFailure>().Which.IsLostRace.Should().BeTrue();
    }

    [Test]
    public void Switch_EdgesTakeTooLong_SaysSo()
    {
        Action run = () => _time.Run(() => Switch(TimeSpan.FromMinutes(1)).SwitchAsync("/shop_1.0.0_1", AtItsRoot, Context(), CancellationToken.None));

        run.Should().Throw<DeploymentException>().WithMessage("E2EXAMPLE isn't deployed after 00:01:00*");
    }

    [Test]
    public void Invalidate_Twice_HappensOnce()
    {
        _time.Run(async () =>
        {
            await Switch().InvalidateAsync(["/*"], "run/step", wait: true, Context(), CancellationToken.None);
            await Switch().InvalidateAsync(["/*"], "run/step", wait: true, Context(), CancellationToken.None);
        });

        _cloudFront.Invalidated.Should().ContainSingle();
    }

    [Test]
    public void Invalidate_TooManyInProgress_WaitsForItsTurn()
    {
        EffectContext context = Context();
        _time.Run(async () =>
        {
            for (int other = 0; other < 15; other++)
            {
                await _cloudFront.CreateInvalidationAsync(FakeCloudFront.Id, $"other{other}", [$"/{other}/*"], CancellationToken.None);
            }

            await Switch().InvalidateAsync(["/*"], "run/step", wait: false, context, CancellationToken.None);
        });

        _cloudFront.Invalidated.Should().HaveCount(16);
        context.Recorded.Should().Contain("invalidation", "I16");
    }

    [TestCase("wait", 60)]
    [TestCase("", 0)]
    public void Invalidate_WhenAsked_WaitsUntilItIsCompleted(string wait, int seconds)
    {
        DateTimeOffset begin = _time.Clock.GetUtcNow();

        _time.Run(() => Switch().InvalidateAsync(["/a"], "run/step", wait.Length > 0, Context(), CancellationToken.None));

        (_time.Clock.GetUtcNow() - begin).TotalSeconds.Should().Be(seconds);
    }

    [TestCase("shop-site", null, "site")]
    [TestCase("any", "api", "api")]
    public void Read_Origin_IsFoundByItsIdOrItsBucket(string bucket, string? origin, string found) =>
        _time.Run(async () => (await new OriginSwitch(_cloudFront, Options(bucket, origin)).ReadAsync(CancellationToken.None)).Origin.Id.Should().Be(found));

    [TestCase("shop", null, "no origin of the bucket shop")]
    [TestCase("shop-site", "web", "no origin with the id web")]
    public void Read_NoSuchOrigin_NamesThoseThereAre(string bucket, string? origin, string said)
    {
        Action run = () => _time.Run(() => new OriginSwitch(_cloudFront, Options(bucket, origin)).ReadAsync(CancellationToken.None));

        run.Should().Throw<DeploymentException>().WithMessage($"*{said}*site, api*");
    }

    private static Task<IReadOnlyCollection<string>> AtItsRoot() => Task.FromResult<IReadOnlyCollection<string>>([""]);

    private OriginSwitch Switch(TimeSpan? deadline = null) => new(_cloudFront, Options("shop-site", null) with { Deadline = deadline ?? TimeSpan.FromMinutes(30) });

    private static OriginSwitchOptions Options(string bucket, string? origin) => new(FakeCloudFront.Id, bucket, origin, TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(5));

    private EffectContext Context() => new("run-1", "switch", 1, new RecordingCommandRunner(), new EnvironmentSecretStore(), _time.Clock, _reports.Add);
}
