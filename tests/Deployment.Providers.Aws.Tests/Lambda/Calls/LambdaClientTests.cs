using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Providers.Aws.Tests.Lambda.Support;

namespace Deployment.Providers.Aws.Tests.Lambda.Calls;

/// <summary>The client against an emulator of AWS, and against the stub for what that leaves out.</summary>
public sealed class LambdaClientTests : MotoTest
{
    [Test]
    public async Task Client_ToARealServer_ReadsAndChangesFunctionsAndAliases()
    {
        var client = new LambdaClient(new AwsAccess(Moto.Options));
        string name = Function.Name;
        FunctionConfiguration latest = await client.GetFunctionConfigurationAsync(name, null, CancellationToken.None);
        latest.IsLatest.Should().BeTrue();
        latest.Environment!.Variables.Should().Contain("TABLE", "orders");
        await client.UpdateFunctionConfigurationAsync(name, new ConfigurationUpdate { Description = "One", MemorySize = 256 }, CancellationToken.None);
        FunctionConfiguration one = await client.PublishVersionAsync(name, new VersionRequest(null, "One", null), CancellationToken.None);
        (one.Version, one.Description, one.MemorySize, one.State).Should().Be(("1", "One", 256, "Active"));
        (await client.ListVersionsByFunctionAsync(name, CancellationToken.None)).Where(version => !version.IsLatest).Select(version => version.Version).Should().Equal("1");
        await client.CreateAliasAsync(name, new AliasConfiguration { Name = "live", FunctionVersion = "1", Description = "Words" }, CancellationToken.None);
        await client.UpdateFunctionConfigurationAsync(name, new ConfigurationUpdate { Description = "Two" }, CancellationToken.None);
        await client.PublishVersionAsync(name, new VersionRequest(null, "Two", null), CancellationToken.None);
        await client.UpdateAliasAsync(name, new AliasConfiguration { Name = "live", RoutingConfig = new AliasRouting(new() { ["2"] = 0.1 }) }, CancellationToken.None);
        (await Function.SharesAsync()).Should().Be("1=90,2=10");
        AliasConfiguration alias = await client.GetAliasAsync(name, "live", CancellationToken.None);
        alias.Description.Should().Be("Words", "what isn't given stays");
        alias.RoutingConfig!.AdditionalVersionWeights.Should().Contain("2", 0.1);
        (await client.ListAliasesAsync(name, CancellationToken.None)).Select(one => one.Name).Should().Equal("live");
        await client.UpdateAliasAsync(name, new AliasConfiguration { Name = "live", FunctionVersion = "2", RoutingConfig = new AliasRouting([]) }, CancellationToken.None);
        (await Function.SharesAsync()).Should().Be("2=100");
        await client.DeleteAliasAsync(name, "live", CancellationToken.None);
        await client.DeleteFunctionAsync(name, "2", CancellationToken.None);
        (await Function.VersionsAsync()).Should().Equal("1 One");
        (await client.Invoking(one => one.GetAliasAsync(name, "live", CancellationToken.None)).Should().ThrowAsync<AwsFailure>()).Which.IsNotFound.Should().BeTrue();
        (await client.ListEventSourceMappingsAsync(name, CancellationToken.None)).Should().BeEmpty();
        (await client.Invoking(one => one.GetPolicyAsync(name, CancellationToken.None)).Should().ThrowAsync<AwsFailure>()).Which.IsNotFound.Should().BeTrue();
        (await client.Invoking(one => one.GetFunctionUrlConfigAsync(name, CancellationToken.None)).Should().ThrowAsync<AwsFailure>()).Which.IsNotFound.Should().BeTrue();
    }

    [Test]
    public async Task Client_ToTheStub_TellsLostRacesConflictsAndPages()
    {
        var stub = new StubLambda(TimeProvider.System) { UpdateTime = TimeSpan.Zero, PendingTime = TimeSpan.Zero };
        await using var server = await StubServer.StartAsync(stub, pageSize: 2);
        var client = new LambdaClient(new AwsAccess(server.Options));
        for (int version = 1; version <= 5; version++)
        {
            stub.PublishByHand($"Version {version}.");
        }

        (await client.ListVersionsByFunctionAsync("shop", CancellationToken.None)).Where(version => !version.IsLatest).Select(version => version.Version).Should().Equal("1", "2", "3", "4", "5");
        await client.CreateAliasAsync("shop", new AliasConfiguration { Name = "live", FunctionVersion = "1" }, CancellationToken.None);
        AwsFailure lost = (await client.Invoking(one => one.UpdateAliasAsync("shop", new AliasConfiguration { Name = "live", FunctionVersion = "2", RevisionId = "another" }, CancellationToken.None)).Should().ThrowAsync<AwsFailure>()).Which;
        lost.IsLostRace.Should().BeTrue();
        lost.Message.Should().Contain("lambda:UpdateAlias on shop:live");
        (await client.Invoking(one => one.DeleteFunctionAsync("shop", "1", CancellationToken.None)).Should().ThrowAsync<AwsFailure>()).Which.Code.Should().Be("ResourceConflictException");
        (await client.Invoking(one => one.GetProvisionedConcurrencyConfigAsync("shop", "1", CancellationToken.None)).Should().ThrowAsync<AwsFailure>()).Which.IsNotFound.Should().BeTrue();
        await client.PutProvisionedConcurrencyConfigAsync("shop", "1", 3, CancellationToken.None);
        (await client.GetProvisionedConcurrencyConfigAsync("shop", "1", CancellationToken.None)).Should().Match<ProvisionedConcurrency>(config => config.RequestedProvisionedConcurrentExecutions == 3 && config.Status == "READY");
        await client.DeleteProvisionedConcurrencyConfigAsync("shop", "1", CancellationToken.None);
        stub.Warm(1).Should().BeNull();
        stub.Answer = (version, payload) => new Invocation(version.ToString(), "Unhandled", payload, "the log");
        Invocation answer = await client.InvokeAsync("shop", "3", """{"a":1}"""u8.ToArray(), CancellationToken.None);
        (answer.Version, answer.Error, answer.Log).Should().Be(("3", "Unhandled", "the log"));
        answer.Payload.Should().Equal("""{"a":1}"""u8.ToArray());
    }

    [Test]
    public async Task Client_AnswersThatAreNone_AreRefused()
    {
        var stub = new StubLambda(TimeProvider.System);
        await using var server = await StubServer.StartAsync(stub, pageSize: 1, sameMarker: true);
        var client = new LambdaClient(new AwsAccess(server.Options));
        stub.PublishByHand("One");
        stub.PublishByHand("Two");
        await client.Invoking(one => one.ListVersionsByFunctionAsync("shop", CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*same next page again*");
        server.Garbage = "<html>A proxy says hello.</html>";
        await client.Invoking(one => one.GetFunctionConfigurationAsync("shop", null, CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("lambda:GetFunctionConfiguration on shop*can't be understood*");
        server.Garbage = "null";
        await client.Invoking(one => one.GetFunctionConfigurationAsync("shop", null, CancellationToken.None)).Should().ThrowAsync<DeploymentException>().WithMessage("*can't be understood*");
    }
}
