namespace Deployment.Providers.HAProxy.Sites;

/// <summary>The users' numbers that a lane answers, both ends included. Numbers go from 0 to 9999.</summary>
internal readonly record struct Stretch(int First, int Last, int Lane)
{
    public int Length => Last - First + 1;
}
