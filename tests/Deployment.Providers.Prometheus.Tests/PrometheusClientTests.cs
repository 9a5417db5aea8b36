using System.Net;
using System.Text;
using System.Text.Json;
using Deployment.Analysis;
using Deployment.Providers.Prometheus.Tests.Support;
using Deployment.Secrets;

namespace Deployment.Providers.Prometheus.Tests;

/// <summary>Whatever Prometheus does, an error shows what was asked and what was answered.</summary>
[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PrometheusClientTests
{
    private const string Token = "tok-8f1c\"9'x";
    private readonly World _world = new();

    private FakePrometheus Fake => _world.Prometheus;

    private async Task<MetricSourceException> ProblemAsync(Metric? metric = null)
    {
        IMetricFeed feed = _world.Open(metric ?? Metric.ErrorRate);
        return (await FluentActions.Awaiting(() => _world.ReadAsync(feed, 10)).Should().ThrowAsync<MetricSourceException>()).Which;
    }

    private void Answers(string text, HttpStatusCode status = HttpStatusCode.OK) =>
        Fake.Instead = (query, _) => query.StartsWith("all[", StringComparison.Ordinal) ? FakePrometheus.Answer(text, status) : null;

    private void Authenticated(ISecretStore secrets, PrometheusAuthentication authentication) => _world.Configure = options =>
    {
        options.Ratio(Metric.ErrorRate, bad: "bad", all: "all");
        options.Authentication = authentication;
        options.Secrets = secrets;
    };

    [TestCase("""{"status":"error","errorType":"bad_data","error":"1:5: parse error"}""", HttpStatusCode.BadRequest, "*refused with status 400 (bad_data: 1:5: parse error)*")]
    [TestCase("""{"status":"error","errorType":"timeout","error":"query timed out"}""", HttpStatusCode.ServiceUnavailable, "*503 (timeout: query timed out)*")]
    [TestCase("""{"status":"error","errorType":"internal","error":"no"}""", HttpStatusCode.OK, "*200 (internal: no)*")]
    [TestCase("<html>Internal Server Error</html>", HttpStatusCode.InternalServerError, "*status 500*<html>Internal*")]
    [TestCase("gone elsewhere", HttpStatusCode.TemporaryRedirect, "*307, a redirect, which isn't followed*")]
    [TestCase("", HttpStatusCode.OK, "*not that of the Prometheus HTTP API*")]
    [TestCase("{", HttpStatusCode.OK, "*not that of the Prometheus HTTP API*")]
    [TestCase("null", HttpStatusCode.OK, "*not that of the Prometheus HTTP API*")]
    [TestCase("""{"status":"success"}""", HttpStatusCode.OK, "*not that of the Prometheus HTTP API*")]
    [TestCase("""{"status":"success","data":{}}""", HttpStatusCode.OK, "*result is a nothing*")]
    [TestCase("""{"status":"success","data":{"resultType":"string","result":[1,"x"]}}""", HttpStatusCode.OK, "*result is a string*")]
    [TestCase("""{"status":"success","data":{"resultType":"matrix","result":{}}}""", HttpStatusCode.OK, "*result is no array*")]
    [TestCase("""{"status":"success","data":{"resultType":"matrix","result":[1]}}""", HttpStatusCode.OK, "*a series is no object*")]
    [TestCase("""{"status":"success","data":{"resultType":"matrix","result":[{"values":[]}]}}""", HttpStatusCode.OK, "*no labels*")]
    [TestCase("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":1},"values":[]}]}}""", HttpStatusCode.OK, "*a label is no string*")]
    [TestCase("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"}}]}}""", HttpStatusCode.OK, "*{a=\"b\"} has no values*")]
    [TestCase("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"],[1,"3"]]}]}}""", HttpStatusCode.OK, "*not in the order of their time*")]
    [TestCase("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[2,"2"],[1,"3"]]}]}}""", HttpStatusCode.OK, "*not in the order of their time*")]
    [TestCase("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[["1","2"]]}]}}""", HttpStatusCode.OK, "*no time with a number*")]
    [TestCase("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"many"]]}]}}""", HttpStatusCode.OK, "*no time with a number*")]
    [TestCase("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1e300,"1"]]}]}}""", HttpStatusCode.OK, "*no time with a number*")]
    [TestCase("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[]},{"metric":{"a":"b"},"values":[]}]}}""", HttpStatusCode.OK, "*{a=\"b\"} twice*")]
    [TestCase("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"\ud800"},"values":[]}]}}""", HttpStatusCode.OK, "*text that is none*")]
    [TestCase("""{"status":"success","warnings":["one store did not answer"],"data":{"resultType":"matrix","result":[]}}""", HttpStatusCode.OK, "*may lack data*one store did not answer*")]
    public async Task Read_AnswerCantBeUsed_IsAnErrorThatShowsQueryAndAnswer(string answer, HttpStatusCode status, string problem)
    {
        Answers(answer, status);

        MetricSourceException thrown = await ProblemAsync();

        thrown.Message.Should().Match(problem).And.Contain("`all[");
        thrown.Answer.Should().Be(answer);
    }

    [Test]
    public async Task Read_AnswerIsTooLarge_IsAnErrorAndIsNotReadToItsEnd()
    {
        var endless = new EndlessStream();
        Fake.Instead = (query, _) => query.StartsWith("all[", StringComparison.Ordinal) ? new HttpResponseMessage { Content = new StreamContent(endless) } : null;

        (await ProblemAsync()).Message.Should().Contain("larger than 32 MiB").And.Contain("Narrow the selector");
        endless.Given.Should().BeLessThan(40L * 1024 * 1024);
    }

    [Test]
    public async Task Read_SourceHangs_IsAnErrorAfterTheTimeout()
    {
        _world.Configure = options =>
        {
            options.Counter(Metric.RequestRate, "all");
            options.Timeout = TimeSpan.FromSeconds(3);
        };
        Fake.Hangs = true;

        Task<IReadOnlyList<MetricSample>> reading = _world.Open(Metric.RequestRate).ReadAsync(CancellationToken.None);
        _world.To(2.9);
        reading.IsCompleted.Should().BeFalse();
        _world.To(3);

        (await FluentActions.Awaiting(() => reading).Should().ThrowAsync<MetricSourceException>()).WithMessage("*`time()`*no whole answer within 3 s*");
    }

    [Test]
    public async Task Read_CallerCancels_IsCancelled()
    {
        Fake.Hangs = true;
        using var stop = new CancellationTokenSource();
        Task<IReadOnlyList<MetricSample>> reading = _world.Open(Metric.RequestRate).ReadAsync(stop.Token);
        await stop.CancelAsync();

        await FluentActions.Awaiting(() => reading).Should().ThrowAsync<OperationCanceledException>();
    }

    [Test]
    public async Task Read_NobodyListens_IsAnError()
    {
        Fake.Instead = (_, _) => throw new HttpRequestException("Connection refused");

        (await ProblemAsync()).Message.Should().Contain("http://prometheus.test/ could not be asked: Connection refused");
    }

    [Test]
    public async Task Read_AfterATrouble_LosesNothing()
    {
        Fake.Series("all").Each(-5, 55, 10, time => 100 + time);
        IMetricFeed feed = _world.Open(Metric.RequestRate);
        await _world.ReadAsync(feed, 16);
        Fake.Instead = (query, _) => query.StartsWith("all[", StringComparison.Ordinal) ? FakePrometheus.Answer("no", HttpStatusCode.BadGateway) : null;
        await FluentActions.Awaiting(() => _world.ReadAsync(feed, 30)).Should().ThrowAsync<MetricSourceException>();
        Fake.Instead = (_, _) => null;

        _world.Counts(await _world.ReadAsync(feed, 56)).Should().Equal("15..25: 10", "25..35: 10", "35..45: 10", "45..55: 10");
    }

    [Test]
    public async Task Read_WithABearerToken_SendsItAndShowsItNowhere()
    {
        string? sent = null;
        Fake.Instead = (_, request) =>
        {
            sent = request.Headers.Authorization!.ToString();
            return FakePrometheus.Answer($"no {sent} here", HttpStatusCode.Unauthorized);
        };
        Authenticated(new Secrets([Token]), PrometheusAuthentication.Bearer("TOKEN"));

        MetricSourceException problem = await ProblemAsync();

        sent.Should().Be($"Bearer {Token}");
        problem.ToString().Should().NotContain(Token).And.Contain("status 401").And.Contain("no Bearer [secret] here");
        problem.Answer.Should().NotContain(Token);
    }

    [Test]
    public async Task Read_WithAPassword_SendsItAndShowsNoFormOfIt()
    {
        string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"ann:{Token}"));
        string? sent = null;
        Fake.Instead = (_, request) =>
        {
            sent = request.Headers.Authorization!.ToString();
            return FakePrometheus.Answer($$"""{"status":"error","errorType":"x","error":"{{sent}} {{JsonEncodedText.Encode(Token)}} {{Token.Replace("\"", "\\\"", StringComparison.Ordinal)}}"}""", HttpStatusCode.Forbidden);
        };
        Authenticated(new Secrets([Token]), PrometheusAuthentication.Basic("ann", "PASSWORD"));

        MetricSourceException problem = await ProblemAsync();

        sent.Should().Be($"Basic {encoded}");
        problem.ToString().Should().NotContain(encoded).And.NotContain("tok-8f1c").And.Contain("x: Basic [secret] [secret] [secret]");
    }

    [Test]
    public async Task Read_SecretStandsWhereTheAnswerIsCutOff_NoHalfOfItIsShown()
    {
        Fake.Instead = (_, _) => FakePrometheus.Answer(new string('x', 1995) + Token, HttpStatusCode.BadGateway);
        Authenticated(new Secrets([Token]), PrometheusAuthentication.Bearer("TOKEN"));

        (await ProblemAsync()).Answer.Should().EndWith("x[secr");
    }

    [Test]
    public async Task Read_SecretWasReplaced_IsReadAgainAfterARefusal()
    {
        Fake.Instead = (_, request) => request.Headers.Authorization!.Parameter == "new" ? null : FakePrometheus.Answer("no", HttpStatusCode.Unauthorized);
        Fake.Series("all").At(-5, 1).At(5, 2);
        Authenticated(new Secrets(["old", "new"]), PrometheusAuthentication.Bearer("TOKEN"));
        IMetricFeed feed = _world.Open(Metric.ErrorRate);

        await FluentActions.Awaiting(() => _world.ReadAsync(feed, 6)).Should().ThrowAsync<MetricSourceException>();
        (await _world.ReadAsync(feed, 7)).Should().BeEmpty();
    }

    [TestCase("sesame\n")]
    [TestCase("")]
    [TestCase("ümlaut")]
    public async Task Read_SecretCantBeSent_IsAnErrorWithoutIt(string secret)
    {
        Authenticated(new Secrets([secret]), PrometheusAuthentication.Bearer("TOKEN"));

        string shown = (await ProblemAsync()).ToString();

        shown.Should().Contain("The secret 'TOKEN' is empty, or has a character");
        if (secret.Length > 0)
        {
            shown.Should().NotContain(secret.Trim());
        }
    }

    [Test]
    public async Task Read_SecretIsMissing_IsAnErrorThatNamesIt()
    {
        Authenticated(new EnvironmentSecretStore(), PrometheusAuthentication.Bearer("NO_SUCH_VARIABLE_HERE"));

        (await ProblemAsync()).Message.Should().Contain("NO_SUCH_VARIABLE_HERE").And.Contain("is not set");
    }

    [Test]
    public async Task Read_OfATenant_SendsTheHeader()
    {
        List<string> tenants = [];
        Fake.Instead = (_, request) =>
        {
            tenants.AddRange(request.Headers.GetValues("X-Scope-OrgID"));
            return null;
        };
        _world.Configure = options =>
        {
            options.Counter(Metric.RequestRate, "all");
            options.Headers["X-Scope-OrgID"] = "shop";
        };
        Fake.Series("all").At(5, 1);

        await _world.ReadAsync(_world.Open(Metric.RequestRate), 6);

        tenants.Should().HaveCount(3).And.OnlyContain(tenant => tenant == "shop");
    }

    [Test]
    public async Task Dispose_OfTheSource_LeavesTheHandlerOfItsOwner()
    {
        _world.Source.Dispose();
        using var client = new HttpClient(Fake, disposeHandler: false);

        using var form = new FormUrlEncodedContent([new("query", "time()")]);
        using HttpResponseMessage answer = await client.PostAsync(new Uri("http://prometheus.test/api/v1/query"), form);
        answer.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private sealed class Secrets(string[] values) : ISecretStore
    {
        private int _next;

        public Task<Secret> GetAsync(string name, CancellationToken cancellationToken) => Task.FromResult(new Secret(values[Math.Min(_next++, values.Length - 1)]));
    }
}
