using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests.Lambda.Support;

/// <summary>Tests on one moto, each with a function of its own.</summary>
public abstract class MotoTest
{
    private protected RealMoto Moto { get; private set; } = null!;

    private protected MotoFunction Function { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task BeginAsync() => Moto = await RealMoto.StartAsync();

    [OneTimeTearDown]
    public async Task EndAsync()
    {
        if (Moto is not null)
        {
            await Moto.DisposeAsync();
        }
    }

    [SetUp]
    public async Task MakeAsync() => Function = await MotoFunction.MakeAsync(Moto);

    [TearDown]
    public void Remove() => Function?.Dispose();
}
