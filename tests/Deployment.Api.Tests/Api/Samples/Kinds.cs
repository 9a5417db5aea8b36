namespace Deployment.Api.Tests.Api.Samples;

[Flags]
public enum Kinds
{
    None = 0,
    Small = 1,
    Large = 2,
}
