using System.Text;
using System.Text.Json;
using Amazon.Runtime;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests.Clients;

public sealed class AwsRestClientTests
{
    private static readonly AwsService _lambda = new("Lambda", "lambda");
    private static readonly AwsService _cloudFront = new("CloudFront", "cloudfront", IsGlobal: true);

    [Test]
    public async Task Send_ToARealServer_IsAnsweredInJsonAndXml()
    {
        await using RealMoto moto = await RealMoto.StartAsync();
        var access = new AwsAccess(moto.Options);

        AwsRestResponse functions = await access.SendAsync(_lambda, new AwsRestRequest("ListFunctions", "*", "GET", "/2015-03-31/functions/"), CancellationToken.None);
        AwsRestResponse distributions = await access.SendAsync(_cloudFront, new AwsRestRequest("ListDistributions", "*", "GET", "/2020-05-31/distribution"), CancellationToken.None);

        JsonDocument.Parse(functions.Body).RootElement.GetProperty("Functions").GetArrayLength().Should().Be(0);
        Encoding.UTF8.GetString(distributions.Body).Should().Contain("<DistributionList");
        (await access.S3.ListBucketsAsync()).HttpStatusCode.Should().Be(System.Net.HttpStatusCode.OK);

        Func<Task> missing = () => access.SendAsync(_lambda, new AwsRestRequest("GetAlias", "shop:live", "GET", "/2015-03-31/functions/{Function}/aliases/{Alias}") { Values = { ["Function"] = "shop", ["Alias"] = "live" } }, CancellationToken.None);
        AwsFailure failure = (await missing.Should().ThrowAsync<AwsFailure>()).Which;
        failure.IsNotFound.Should().BeTrue();
        failure.Code.Should().Be("ResourceNotFoundException");
        failure.Message.Should().Contain("lambda:GetAlias on shop:live");
    }
}
