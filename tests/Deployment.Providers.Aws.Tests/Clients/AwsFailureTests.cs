using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests.Clients;

public sealed class AwsFailureTests
{
    private static readonly AwsService _lambda = new("Lambda", "lambda");

    // Codes as docs.aws.amazon.com/lambda/latest/api/CommonErrors.html and cloudfront/latest/APIReference/CommonErrors.html have them.
    [TestCase(403, "ExpiredTokenException", "the credentials have expired")]
    [TestCase(403, "UnrecognizedClientException", "AWS doesn't know the credentials")]
    [TestCase(403, "AccessDeniedException", "was denied")]
    [TestCase(400, "InvalidParameterValueException", "failed: InvalidParameterValueException, 400")]
    public async Task Send_Refused_SaysWhichActionOnWhichResourceAndWhatToDo(int status, string code, string said)
    {
        await using HttpStub stub = await HttpStub.StartAsync(status, """{"message":"as \u001b[31mit\nshould"}""", ("x-amzn-ErrorType", code + ":http://internal/"));

        AwsFailure failure = await FailAsync(stub);

        failure.Code.Should().Be(code);
        failure.Message.Should().StartWith("lambda:UpdateAlias on shop:live").And.Contain(said).And.Contain("as \\u001b[31mit\\u000ashould");
        stub.Requests.Should().ContainSingle("what is refused isn't tried again");
    }

    [Test]
    public async Task Send_LostRaceInXml_IsToldFromOtherErrors()
    {
        await using HttpStub stub = await HttpStub.StartAsync(412, "<ErrorResponse xmlns=\"x\"><Error><Type>Sender</Type><Code>PreconditionFailed</Code><Message>no</Message></Error><RequestId>r1</RequestId></ErrorResponse>");

        AwsFailure failure = await FailAsync(stub);

        failure.IsLostRace.Should().BeTrue();
        failure.InnerException.Should().BeOfType<AmazonServiceException>().Which.RequestId.Should().Be("r1");
    }

    [Test]
    public async Task Send_Throttled_IsTriedAgain()
    {
        int asked = 0;
        await using HttpStub stub = await HttpStub.StartAsync(context =>
            ++asked < 3 ? HttpStub.AnswerAsync(context, 429, """{"Reason":"CallerRateLimitExceeded","message":"slower"}""", ("x-amzn-ErrorType", "TooManyRequestsException")) : HttpStub.AnswerAsync(context, 200, "{}"));

        AwsRestResponse response = await SendAsync(Options(stub.Address));

        response.Body.Should().Equal("{}"u8.ToArray());
        stub.Requests.Should().HaveCount(3);
    }

    [Test]
    public async Task Send_AlwaysThrottled_EndsAfterTheAttempts()
    {
        await using HttpStub stub = await HttpStub.StartAsync(429, """{"message":"slower"}""", ("x-amzn-ErrorType", "TooManyRequestsException"));

        AwsFailure failure = await FailAsync(stub);

        failure.Message.Should().Contain("was throttled, at every attempt (slower)");
        stub.Requests.Should().HaveCount(3);
    }

    [TestCase("<html>It <b>broke</b></html>")]
    [TestCase("{\"message\":")]
    [TestCase("[1]")]
    [TestCase("<!DOCTYPE x [<!ENTITY a \"b\">]><Code>&a;</Code>")]
    [TestCase("")]
    public async Task Send_ErrorOfSomebodyElse_IsTold(string body)
    {
        await using HttpStub stub = await HttpStub.StartAsync(404, body);

        AwsFailure failure = await FailAsync(stub);

        failure.IsNotFound.Should().BeTrue();
        failure.Message.Should().Contain("lambda:UpdateAlias on shop:live failed: NotFound, 404");
    }

    [Test]
    public async Task Send_NobodyThere_SaysWhatCannotBeReached()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        Func<Task> send = () => SendAsync(Options(new Uri($"http://127.0.0.1:{((IPEndPoint)taken.LocalEndPoint!).Port}")));

        (await send.Should().ThrowAsync<AwsFailure>()).WithMessage("lambda:UpdateAlias on shop:live could not be asked: Connection refused*");
    }

    [Test]
    public async Task Send_NoAnswer_EndsInTime()
    {
        await using HttpStub stub = await HttpStub.StartAsync(context => new TaskCompletionSource().Task.WaitAsync(context.RequestAborted));
        AwsOptions options = Options(stub.Address);
        options.Attempts = 1;
        options.Timeout = TimeSpan.FromMilliseconds(200);

        Func<Task> send = () => SendAsync(options);

        (await send.Should().ThrowAsync<AwsFailure>()).WithMessage("*got no answer in time*");
    }

    // Whatever this machine has: a profile that nobody made.
    [Test]
    public async Task Send_NoCredentials_SaysWhatToSet()
    {
        Func<Task> send = () => SendAsync(new AwsOptions { Region = "eu-central-1", Endpoint = new Uri("http://127.0.0.1:1"), Profile = "nobody-made-this" });

        (await send.Should().ThrowAsync<AwsFailure>()).WithMessage("lambda:UpdateAlias on shop:live could not be asked: no credentials were found*nobody-made-this*Set a profile or AWS_ACCESS_KEY_ID*");
    }

    [Test]
    public async Task Send_Cancelled_IsNoFailure()
    {
        using var cancel = new CancellationTokenSource();
        await using HttpStub stub = await HttpStub.StartAsync(async context =>
        {
            await cancel.CancelAsync();
            await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
        });

        Func<Task> send = () => SendAsync(Options(stub.Address), cancel.Token);

        await send.Should().ThrowAsync<OperationCanceledException>();
    }

    private static AwsOptions Options(Uri address) => new() { Region = "eu-central-1", Endpoint = address, Credentials = new BasicAWSCredentials("AKIDTESTS", "secret"), Attempts = 3 };

    private static async Task<AwsFailure> FailAsync(HttpStub stub) => (await FluentActions.Awaiting(() => SendAsync(Options(stub.Address))).Should().ThrowAsync<AwsFailure>()).Which;

    private static Task<AwsRestResponse> SendAsync(AwsOptions options, CancellationToken cancellationToken = default) =>
        new AwsAccess(options).SendAsync(_lambda, new AwsRestRequest("UpdateAlias", "shop:live", "PUT", "/2015-03-31/functions/shop/aliases/live") { Body = "{}"u8.ToArray() }, cancellationToken);
}
