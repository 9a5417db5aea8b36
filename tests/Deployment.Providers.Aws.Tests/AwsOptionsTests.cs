using Amazon.Runtime;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests;

public sealed class AwsOptionsTests
{
    [Test]
    public void Problems_EveryWrongValue_IsReported()
    {
        var options = new AwsOptions
        {
            Region = "EU central",
            Profile = "a\nb",
            Credentials = new AnonymousAWSCredentials(),
            Role = "deployer",
            RoleSession = "a b",
            ExternalId = "x",
            Endpoint = new Uri("ftp://host/path"),
            Attempts = 0,
            Timeout = TimeSpan.Zero,
        };

        options.Problems().Should().HaveCount(9).And.OnlyContain(problem => !problem.Contains('\n'));
        new AwsOptions().Problems().Should().BeEmpty();
        new AwsOptions { Region = "us-gov-east-1", Profile = "a b", Role = "arn:aws-us-gov:iam::123456789012:role/team/deployer", ExternalId = "x/1", Endpoint = new Uri("http://127.0.0.1:5000") }.Problems().Should().BeEmpty();
    }

    [Test]
    public void Problems_EndpointWithAPassword_IsRefusedAndNotShown() =>
        new AwsOptions { Endpoint = new Uri("http://user:hunter2@127.0.0.1:5000") }.Problems().Should().ContainSingle().Which.Should().Contain("without user, password").And.NotContain("hunter2").And.NotContain("user:");

    [Test]
    public async Task Role_Given_IsAssumedAndSignsWithItsSession()
    {
        await using RealMoto moto = await RealMoto.StartAsync();
        List<string> signed = [];
        await using HttpStub stub = await HttpStub.StartAsync(async context =>
        {
            signed.Add($"{context.Request.Headers.Authorization} {context.Request.Headers["X-Amz-Security-Token"]}");
            await HttpStub.AnswerAsync(context, 200, "{}");
        });
        AwsOptions options = moto.Options;
        options.Role = "arn:aws:iam::123456789012:role/deployer";
        var role = new AssumedRole(new Amazon.SecurityToken.AmazonSecurityTokenServiceClient(options.Credentials, new Amazon.SecurityToken.AmazonSecurityTokenServiceConfig { ServiceURL = moto.Address.ToString(), AuthenticationRegion = RealMoto.Region }), options);

        ImmutableCredentials given = await role.GetCredentialsAsync();
        options.Credentials = role;
        options.Role = null;
        options.Endpoint = stub.Address;
        await new AwsAccess(options).SendAsync(new AwsService("Lambda", "lambda"), new AwsRestRequest("ListFunctions", "*", "GET", "/2015-03-31/functions/"), CancellationToken.None);

        given.AccessKey.Should().StartWith("ASIA");
        signed.Should().ContainSingle().Which.Should().Contain($"Credential={given.AccessKey}/").And.Contain("/eu-central-1/lambda/aws4_request").And.EndWith(given.Token);
    }

    // The role is asked for where everything else is.
    [Test]
    public async Task Role_WithAnEndpoint_IsAskedForThere()
    {
        await using RealMoto moto = await RealMoto.StartAsync();
        AwsOptions options = moto.Options;
        options.Role = "arn:aws:iam::123456789012:role/deployer";

        AwsRestResponse response = await new AwsAccess(options).SendAsync(new AwsService("Lambda", "lambda"), new AwsRestRequest("ListFunctions", "*", "GET", "/2015-03-31/functions/"), CancellationToken.None);

        response.HttpStatusCode.Should().Be(System.Net.HttpStatusCode.OK);
    }

    [TestCase("eu-central-1", "https://lambda.eu-central-1.amazonaws.com/", "eu-central-1", "https://cloudfront.amazonaws.com/", "us-east-1")]
    [TestCase("cn-north-1", "https://lambda.cn-north-1.amazonaws.com.cn/", "cn-north-1", "https://cloudfront.cn-northwest-1.amazonaws.com.cn/", "cn-northwest-1")]
    public void Resolve_Region_GivesTheAddressAndWhatIsSignedFor(string region, string lambda, string lambdaRegion, string cloudFront, string cloudFrontRegion)
    {
        AwsRestConfig Config(AwsService service) => new(service) { RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region) };

        Config(new AwsService("Lambda", "lambda")).Resolve().Should().Be((new Uri(lambda), lambdaRegion));
        Config(new AwsService("CloudFront", "cloudfront", IsGlobal: true)).Resolve().Should().Be((new Uri(cloudFront), cloudFrontRegion));
    }
}
